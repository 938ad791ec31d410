"""Operations on customers: accounts, people, what is recorded about them, what other systems say about them."""

from evergrow.customers.api.account_merges import router as account_merges
from evergrow.customers.api.accounts import router as accounts
from evergrow.customers.api.activities import router as activities
from evergrow.customers.api.commerce import router as commerce
from evergrow.customers.api.criteria import router as criteria
from evergrow.customers.api.duplicates import router as duplicates
from evergrow.customers.api.files import router as files
from evergrow.customers.api.identity import router as identity
from evergrow.customers.api.mail import router as mail
from evergrow.customers.api.mailboxes import router as mailboxes
from evergrow.customers.api.people import router as people
from evergrow.customers.api.pool import router as pool
from evergrow.customers.api.portrait import router as portrait
from evergrow.customers.api.privacy import router as privacy
from evergrow.customers.api.profiles import router as profiles
from evergrow.customers.api.record import router as record
from evergrow.customers.api.segments import router as segments
from evergrow.customers.api.stages import router as stages
from evergrow.customers.api.tiers import router as tiers
from evergrow.customers.api.traits import router as traits

routers = [
    accounts,
    account_merges,
    people,
    identity,
    record,
    activities,
    files,
    mail,
    mailboxes,
    commerce,
    criteria,
    segments,
    traits,
    profiles,
    duplicates,
    privacy,
    tiers,
    stages,
    portrait,
    pool,
]
