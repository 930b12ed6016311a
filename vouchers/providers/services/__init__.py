"""Writing providers: admission and catalogue."""

from vouchers.providers.services.admission import admit_provider as admit_provider
from vouchers.providers.services.admission import apply_as_provider as apply_as_provider
from vouchers.providers.services.admission import approve_provider as approve_provider
from vouchers.providers.services.admission import check_provider as check_provider
from vouchers.providers.services.admission import refuse_provider as refuse_provider
from vouchers.providers.services.admission import resume_provider as resume_provider
from vouchers.providers.services.admission import suspend_provider as suspend_provider
from vouchers.providers.services.catalogue import publish_offer as publish_offer
from vouchers.providers.services.catalogue import register_centre as register_centre
from vouchers.providers.services.catalogue import register_usage_account as register_usage_account
