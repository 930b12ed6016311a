"""The rules of a programme as one typed document, and what follows from it. No database.

`document`, `procedure`, `conditions` are the text; `reading` parses, digests, names what publishing
lacks; `assessing` judges; `sharing` freezes a voucher's terms. Always true: exact arithmetic, an
unknown fact never decides, and the lines of an assessment sum to its result.
"""

from vouchers.programmes.rules.assessing import assess as assess
from vouchers.programmes.rules.document import RuleDocument as RuleDocument
from vouchers.programmes.rules.reading import as_data as as_data
from vouchers.programmes.rules.reading import digest as digest
from vouchers.programmes.rules.reading import facts_needed as facts_needed
from vouchers.programmes.rules.reading import json_schema as json_schema
from vouchers.programmes.rules.reading import missing_for_publication as missing_for_publication
from vouchers.programmes.rules.reading import not_carried_out as not_carried_out
from vouchers.programmes.rules.reading import parse_rules as parse_rules
from vouchers.programmes.rules.sharing import ShareResult as ShareResult
from vouchers.programmes.rules.sharing import VoucherTerms as VoucherTerms
from vouchers.programmes.rules.sharing import is_eligible_use as is_eligible_use
from vouchers.programmes.rules.sharing import make_terms as make_terms
from vouchers.programmes.rules.sharing import redemption_share as redemption_share
from vouchers.programmes.rules.verdict import Assessment as Assessment
