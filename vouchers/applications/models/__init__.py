"""The file (申报件), the acts on it, and the evidence shared by all agencies."""

from vouchers.applications.models.acts import (
    Act,
    Decision,
    FileSeat,
    NoticeRow,
    NoticeStatus,
    Objection,
    ObjectionStatus,
    PublicNotice,
)
from vouchers.applications.models.application import (
    DEAD_STATUSES,
    Application,
    ApplicationFunding,
    ApplicationStatus,
    ApplicationVersion,
    Attachment,
)
from vouchers.applications.models.evidence import (
    EvidenceClaim,
    EvidenceDocument,
    EvidenceKind,
    EvidenceStatus,
)

__all__ = [
    "DEAD_STATUSES",
    "Act",
    "Application",
    "ApplicationFunding",
    "ApplicationStatus",
    "ApplicationVersion",
    "Attachment",
    "Decision",
    "EvidenceClaim",
    "EvidenceDocument",
    "EvidenceKind",
    "EvidenceStatus",
    "FileSeat",
    "NoticeRow",
    "NoticeStatus",
    "Objection",
    "ObjectionStatus",
    "PublicNotice",
]
