"""Writing schemes and budgets: one file per group of verbs."""

from vouchers.programmes.services.budget import approve_budget_line as approve_budget_line
from vouchers.programmes.services.budget import book_appropriation as book_appropriation
from vouchers.programmes.services.budget import draft_budget_line as draft_budget_line
from vouchers.programmes.services.budget import freeze_line as freeze_line
from vouchers.programmes.services.budget import record_appropriation as record_appropriation
from vouchers.programmes.services.budget import suballocate as suballocate
from vouchers.programmes.services.budget import unfreeze_line as unfreeze_line
from vouchers.programmes.services.caps import count_cap as count_cap
from vouchers.programmes.services.caps import get_or_create_cap as get_or_create_cap
from vouchers.programmes.services.caps import set_ceiling as set_ceiling
from vouchers.programmes.services.programme import activate_programme as activate_programme
from vouchers.programmes.services.programme import create_programme as create_programme
from vouchers.programmes.services.programme import pause_programme as pause_programme
from vouchers.programmes.services.programme import resume_programme as resume_programme
from vouchers.programmes.services.rounds import create_round as create_round
from vouchers.programmes.services.rounds import publish_round as publish_round
from vouchers.programmes.services.rule_versions import draft_rule_version as draft_rule_version
from vouchers.programmes.services.rule_versions import publish_rule_version as publish_rule_version
from vouchers.programmes.services.seat_maps import approve_seat_map as approve_seat_map
from vouchers.programmes.services.seat_maps import propose_seat_map as propose_seat_map
