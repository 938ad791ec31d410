"""Operations on customers: accounts, people, what is recorded about them, what other systems say about them."""

from evergrow.customers.api.accounts import router as accounts
from evergrow.customers.api.commerce import router as commerce
from evergrow.customers.api.criteria import router as criteria
from evergrow.customers.api.people import router as people
from evergrow.customers.api.record import router as record
from evergrow.customers.api.segments import router as segments

routers = [accounts, people, record, commerce, criteria, segments]
