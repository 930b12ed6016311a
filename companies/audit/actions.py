"""Every action an event may name: `noun.past`, in one list, so that a reader can grep it all."""

ACTIONS = frozenset(
    """
    user.signed_in user.sign_in_failed user.created
    duty.granted duty.ended api_key.registered api_key.revoked
    agency.registered region.loaded calendar.loaded
    company.registered company.updated membership.granted membership.ended
    bank_account.added bank_account.verified bank_account.retired
    file.stored file.scanned
    alert.raised alert.dismissed alert.confirmed
    letter.signed letter.served letter.answered letter.waived letter.withdrawn
    month.closed
    programme.created programme.activated programme.paused programme.resumed programme.ended
    rule_version.drafted rule_version.published rule_version.retired
    round.created round.published round.completed round.cancelled
    seat_map.proposed seat_map.approved
    appropriation.recorded appropriation.booked budget_line.drafted
    budget_line.approved budget_line.opened
    budget_line.frozen budget_line.unfrozen budget.suballocated ceiling.set
    provider.applied provider.reviewed provider.approved provider.refused provider.suspended
    provider.resumed provider.withdrawn provider.admitted provider.admission_ended
    offer.published compute_centre.registered usage_account.registered
    application.drafted application.updated application.attached application.submitted
    application.withdrawn application.screening_taken application.returned application.resubmitted
    application.accepted application.ineligible_noticed application.ineligible
    application.recommended application.not_recommended application.sent_back
    application.approved application.rejection_noticed application.rejected
    application.objected application.objection_answered
    application.notice_ended application.lapsed application.cancellation_proposed
    application.cancelled application.issued
    notice.drafted notice.posted notice.ended notice.withdrawn
    evidence.registered evidence.rebased evidence.verified evidence.claimed evidence.released
    voucher.prepared voucher.issued voucher.declined voucher.lapsed voucher.suspended
    voucher.resumed voucher.expired voucher.revocation_noticed voucher.revocation_dropped
    voucher.revoked voucher.closed
    redemption.requested redemption.confirmed redemption.declined redemption.cancelled
    redemption.hold_expired redemption.evidenced redemption.countersigned redemption.disputed
    redemption.drawn_for_check redemption.accepted redemption.returned redemption.rejected
    redemption.reversed redemption.settling redemption.settled redemption.split
    redemption.acceptance_signed redemption.rejection_proposed redemption.reversal_proposed
    batch.drawn_up batch.locked batch.sent_to_approval batch.approved batch.authorised
    batch.released batch.sent batch.result_recorded batch.reconciled batch.closed
    batch.rejected batch.abort_proposed batch.aborted batch.line_taken_out batch.line_bounced
    export.requested export.built export.failed
    check.ran access.refused
    """.split()
)
