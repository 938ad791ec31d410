"""The cast and the stage of every test: alice owns, bob operates, carol looks, mallory lives next door."""

import gc
import os
import shutil
import tempfile

# Every test process has its own data folder: the event store belongs to one process. It lies in memory where there is
# room: what is made safe on disk there costs no waiting.
os.environ["EVERGROW_DATA"] = tempfile.mkdtemp(
    prefix="evergrow-test-",
    dir="/dev/shm" if os.path.isdir("/dev/shm") and shutil.disk_usage("/dev/shm").free > 4 * 2**30 else None,
)

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import transaction
from django.db.models.signals import post_save
from django.test import Client
from django.utils import translation
from whitenoise.base import WhiteNoise

from evergrow.lib import catalogues, clock
from evergrow.warehouse.engines import SETTINGS
from evergrow.workspaces.models import Member, Role, User, Workspace

# pytest-django may have read the settings before this file was.
settings.DATA = Path(os.environ["EVERGROW_DATA"])
# Tests read English unless they say otherwise. Passwords are hashed cheaply: the cast signs up in nearly every test.
settings.LANGUAGE_CODE = "en"
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Every processor has a test process already: a statement that spreads over several only costs more.
SETTINGS["max_threads"] = 1
# Compiling expressions pays where millions of rows are read; here it is a quarter of every question.
SETTINGS |= {"compile_expressions": 0, "compile_aggregate_expressions": 0, "compile_sort_description": 0}
# How long an example takes says how busy the machine is, nothing else; Hypothesis leaves that out by itself only in CI.
hypothesis.settings.register_profile(
    "any machine", hypothesis.settings(), deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")


def pytest_configure(config: pytest.Config) -> None:
    """Compile translations that changed, once for all processes."""
    if not hasattr(config, "workerinput") and catalogues.are_stale():
        catalogues.compile_all()


def on_postgresql() -> bool:
    return bool(settings.DATABASES["default"]["ENGINE"].endswith("postgresql"))


# Folders whose tests share a served instance, and what takes longest: they begin at once, on a process each.
SHARED = ("evergrow/tests/browser/", "evergrow/intake/tests/clients/", "evergrow/tests/test_migrations.py")

# Where workspaces begin with the built-in playbooks, as they do outside tests; elsewhere with the marker ``playbooks``.
WITH_PLAYBOOKS, GIVES_PLAYBOOKS = ("evergrow/success/", "evergrow/tests/"), "success.give_playbooks"


def home_of(nodeid: str) -> str:
    """What runs in one process: the tests of a file, and those of a folder that share a served instance."""
    file = nodeid.partition("::")[0]
    return next((folder for folder in SHARED if file.startswith(folder)), file)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Slow folders first. On PostgreSQL only what asks a database is run: the rest is the same there."""
    is_wanted = asks_database if on_postgresql() else is_for_sqlite
    wanted = [item for item in items if is_wanted(item)]
    if len(wanted) < len(items):
        kept = set(wanted)
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = wanted
    items.sort(key=lambda item: home_of(item.nodeid) not in SHARED)
    for item in items:
        if item.get_closest_marker("browser") and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(300))


def pytest_collection_finish() -> None:
    """What is loaded by now stays until the end: looking through it for rubbish took an eighth of the whole time."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give each process whole homes. (The groups of pytest-xdist have no effect with pytest 9.2.)"""
    from xdist.scheduler import LoadScopeScheduling

    class Homes(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return home_of(nodeid)

    return Homes(config, log)


def is_for_sqlite(item: pytest.Item) -> bool:
    return item.get_closest_marker("postgresql") is None


def asks_database(item: pytest.Item) -> bool:
    """Whether a test may ask the relational store, and could hear another answer from another store."""
    if item.get_closest_marker("once") is not None:
        return False
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(fixtures & {"db", "transactional_db"}) or item.get_closest_marker("django_db") is not None


def pytest_unconfigure() -> None:
    """Let go of the event store and take the data folder away."""
    from evergrow.warehouse import engines

    engines.close()
    shutil.rmtree(settings.DATA, ignore_errors=True)


NOON = datetime(2026, 3, 25, 4, 0, tzinfo=UTC)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A new workspace begins with the built-in playbooks where tests could see them. Writing their sixty steps is most
    of what a test's workspace costs.
    """
    from evergrow.success.apps import give_playbooks

    if item.nodeid.startswith(WITH_PLAYBOOKS) or item.get_closest_marker("playbooks"):
        post_save.connect(give_playbooks, sender=Workspace, dispatch_uid=GIVES_PLAYBOOKS)
    else:
        post_save.disconnect(sender=Workspace, dispatch_uid=GIVES_PLAYBOOKS)


@pytest.fixture(scope="session")
def django_db_use_migrations() -> bool:
    """Tables come straight from the models; ``evergrow/tests/test_migrations.py`` says that migrations do the same."""
    return False


@pytest.fixture(scope="session", autouse=True)
def known_static_files() -> Iterator[None]:
    """Read the folder of static files once a process: each test client would anew, half of the cost of a request."""
    read = WhiteNoise.update_files_dictionary
    known: dict[tuple[str, str, int], dict[str, Any]] = {}

    def update(self: Any, root: str, prefix: str) -> None:
        key = (root, prefix, self.max_age)
        if key not in known:
            read(self, root, prefix)
            known[key] = dict(self.files)
        self.files.update(known[key])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoise, "update_files_dictionary", update)
        yield


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """No test hears the language another one spoke."""
    with translation.override("en"):
        yield


@pytest.fixture
def frozen() -> Iterator[datetime]:
    """Wednesday 25 March 2026, noon in Shanghai."""
    with clock.frozen(NOON):
        yield NOON


@contextmanager
def made_once(django_db_blocker: Any) -> Iterator[None]:
    """What is made here, at noon, is there for every test of a module, and gone afterwards. For module fixtures that
    yield inside, and ask for ``django_db_setup`` and ``django_db_blocker``: each test takes back what it does itself.
    """
    from evergrow.warehouse.tests.stage import empty_store

    with django_db_blocker.unblock(), transaction.atomic():
        empty_store()
        with clock.frozen(NOON), translation.override("en"):
            yield
        transaction.set_rollback(True)
    empty_store()


@pytest.fixture
def workspace(db: None) -> Workspace:
    return Workspace.objects.create(slug="acme", name="Acme", zone="Asia/Shanghai", currency="CNY")


def make_member(workspace: Workspace, name: str, role: Role = Role.OPERATOR, **fields: object) -> Member:
    user = User.objects.create_user(f"{name.lower()}@example.com", "correct horse battery", name=name, language="en")
    return Member.objects.create(workspace=workspace, user=user, role=role, **fields)


@pytest.fixture
def alice(workspace: Workspace) -> Member:
    return make_member(workspace, "Alice", Role.OWNER)


@pytest.fixture
def bob(workspace: Workspace) -> Member:
    return make_member(workspace, "Bob", Role.OPERATOR)


@pytest.fixture
def carol(workspace: Workspace) -> Member:
    return make_member(workspace, "Carol", Role.VIEWER)


@pytest.fixture
def mallory(db: None) -> Member:
    return make_member(Workspace.objects.create(slug="next-door", name="Next Door"), "Mallory", Role.OWNER)


@pytest.fixture
def sign_in() -> object:
    """``sign_in(alice)`` gives a browser-like client that is signed in as her."""

    def signed_in(member: Member) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(member.user)
        return client

    return signed_in


@pytest.fixture
def empty_data(settings: Any, tmp_path: Path) -> Path:
    """A data folder of the test's own; the event store of this process stays where it was."""
    from evergrow.warehouse import engines

    engines.current()
    settings.DATA = tmp_path
    return tmp_path


@pytest.fixture
def warehouse_db() -> None:
    """An empty event store: the real engine in this process, its tables migrated."""
    from evergrow.warehouse.tests.stage import empty_store

    empty_store()
