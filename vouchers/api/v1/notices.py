"""Public notices (公示), and the public's objections to their rows."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from companies.foundation.actors import Actor
from vouchers.api.base import ApiView, CreateView, StrictSerializer, VerbView
from vouchers.api.fields import Flag, Text
from vouchers.applications import selectors, services


class NoticeRowOut(serializers.Serializer):
    """One awardee as published."""

    application = serializers.CharField(source="application.number")
    company_name = serializers.CharField()
    credit_code = serializers.CharField()
    amount_fen = serializers.IntegerField()
    is_taken_out = serializers.SerializerMethodField()

    def get_is_taken_out(self, row: Any) -> bool:
        """An objection took this row out."""
        return row.taken_out_at is not None


class NoticeOut(serializers.Serializer):
    """A posted list with its period and digest."""

    number = serializers.CharField()
    programme = serializers.CharField(source="programme.code")
    title_zh = serializers.CharField()
    title_en = serializers.CharField()
    status = serializers.CharField()
    posted_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    sha256 = serializers.CharField()
    rows = NoticeRowOut(many=True, source="rows.all")


class NoticeIn(StrictSerializer):
    """Recommended files to publish together."""

    applications = serializers.ListField(child=Text(), min_length=1)
    title_zh = Text(max_length=160)
    title_en = Text(max_length=200, allow_blank=True, default="")


class ObjectionIn(StrictSerializer):
    """What is wrong with this row, and how to reach you (may be empty)."""

    text = Text(max_length=4000)
    contact = Text(max_length=120, allow_blank=True, default="")


class AnswerIn(StrictSerializer):
    """The answer; `upheld` means the objection was right."""

    answer = Text(max_length=4000)
    upheld = Flag()


class ObjectionOut(serializers.Serializer):
    """How an objection stands; its text stays with the officers."""

    tracking_code = serializers.CharField()
    status = serializers.CharField()
    answer = serializers.CharField()


class PostNotice(CreateView):
    """POST: sign and publish; every row's sum is reserved in the same transaction."""

    verb = services.post_notice
    input = NoticeIn
    output = NoticeOut
    posts = True

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Numbers to ids."""
        files = [
            selectors.get_application_for(self.scope, number).pk
            for number in data.pop("applications")
        ]
        return {"application_ids": files, **data}


class NoticeDetail(ApiView):
    """GET a notice, without signing in."""

    is_public = True
    output = NoticeOut

    def get(self, request: Request, number: str) -> Response:
        """The notice."""
        return Response(NoticeOut(selectors.get_public_notice(number)).data)


class LodgeObjection(ApiView):
    """POST an objection to one row, without signing in."""

    is_public = True
    input = ObjectionIn
    output = ObjectionOut
    success = 201

    def post(self, request: Request, number: str, application: str) -> Response:
        """The tracking code."""
        row = selectors.get_notice_row(number, application)
        objection = services.lodge_objection(
            actor=Actor.system("public"),
            notice_row_id=row.pk,
            at=self.at,
            **self.read(ObjectionIn),
        )
        return Response(ObjectionOut(objection).data, status=201)


class AnswerObjection(VerbView):
    """POST: answer, by an approver new to the file."""

    verb = services.answer_objection
    door = selectors.get_objection_for
    id_argument = "objection_id"
    input = AnswerIn
    output = ObjectionOut
