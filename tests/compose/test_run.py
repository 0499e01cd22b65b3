"""Each service's command line, run as a plain process until it is ready; then a tap goes through."""

import json
import shutil
import sqlite3
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from edge.outbox.file import SCHEMA_VERSION
from hub.config import Config, WebConfig, read_config, write_config
from hub.home import Home
from hub.store import Store
from tests import needs
from tests.compose.services import ROOT, Outside, read
from tests.databases import EVENT as _EVENT
from tests.databases import Postgres, postgres  # noqa: F401 - a fixture
from tests.harness.ports import HOST, free_port
from tests.harness.program import Program
from tests.waiting import wait_until
