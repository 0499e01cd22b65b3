"""Says what is kept, as SQLModel tables."""

from typing import Final

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from hub.store.tables.access import AccountRow, DeviceRow, EdgeHealth, TokenRow
from hub.store.tables.columns import table_of
from hub.store.tables.effects import (
    ActionRow,
    DecisionRow,
    MessageRow,
    PushSubscription,
    RewardCode,
)
from hub.store.tables.flow import Command, LogEntry, Quarantined, StreamRow
from hub.store.tables.identity import AliasRow, IdentityRow, MembershipRow, NoteRow
from hub.store.tables.people import PersonRow, RegistrationRow
from hub.store.tables.state import (
    BadgeLease,
    PersonState,
    PoolState,
    StatusRow,
    TimerRow,
    VenueVersion,
    ZoneState,
)

METADATA: Final[MetaData] = SQLModel.metadata

log = table_of(LogEntry)
stream = table_of(StreamRow)
command = table_of(Command)
quarantine = table_of(Quarantined)
person_state = table_of(PersonState)
zone_state = table_of(ZoneState)
pool_state = table_of(PoolState)
lease = table_of(BadgeLease)
timer = table_of(TimerRow)
status = table_of(StatusRow)
venue = table_of(VenueVersion)
decision = table_of(DecisionRow)
action = table_of(ActionRow)
message = table_of(MessageRow)
reward_code = table_of(RewardCode)
push_subscription = table_of(PushSubscription)
person = table_of(PersonRow)
registration = table_of(RegistrationRow)
identity = table_of(IdentityRow)
alias = table_of(AliasRow)
membership = table_of(MembershipRow)
note = table_of(NoteRow)
device = table_of(DeviceRow)
edge_health = table_of(EdgeHealth)
account = table_of(AccountRow)
api_token = table_of(TokenRow)
