"""Settlement's public face for writing."""

from vouchers.settlement.services.batch import abort_batch as abort_batch
from vouchers.settlement.services.batch import draw_up_batch as draw_up_batch
from vouchers.settlement.services.batch import draw_up_follow_up as draw_up_follow_up
from vouchers.settlement.services.batch import lock_batch as lock_batch
from vouchers.settlement.services.batch import reject_batch as reject_batch
from vouchers.settlement.services.batch import take_out_line as take_out_line
from vouchers.settlement.services.payees import verify_bank_account as verify_bank_account
from vouchers.settlement.services.result import bounce_line as bounce_line
from vouchers.settlement.services.result import carry_out_deadline as carry_out_deadline
from vouchers.settlement.services.result import close_batch as close_batch
from vouchers.settlement.services.result import reconcile_batch as reconcile_batch
from vouchers.settlement.services.result import record_results as record_results
from vouchers.settlement.services.signing import send_batch as send_batch
from vouchers.settlement.services.signing import sign_batch as sign_batch
