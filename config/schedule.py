"""What Celery is told, and what beat repeats. No Django here: the beat process lives without it."""

from __future__ import annotations

import os
from typing import Any

# Every setting here answers a measured fact (docs/decisions/0004): the database is the queue, and Celery's
# messages are hints that may be lost, repeated or reordered.
SETTINGS: dict[str, Any] = {
    "broker_url": os.environ.get("REDIS_URL") or "memory://",
    "result_backend": None,
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    "task_serializer": "json",
    "accept_content": ["json"],
    "task_time_limit": 120,
    "task_soft_time_limit": 90,
    "worker_soft_shutdown_timeout": 20,
    "task_publish_retry": False,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "broker_transport_options": {
        "visibility_timeout": 120,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 1,
        "retry_on_timeout": True,
    },
    "task_default_queue": "hints",
    "worker_send_task_events": False,
    "timezone": "UTC",
}
SCHEDULE = {
    name: {"task": f"conversations.{name}", "schedule": seconds, "options": {"queue": queue, "expires": 10}}
    for name, seconds, queue in (
        ("receive", 2.0, "hints"),
        ("deliver", 2.0, "hints"),
        ("fetch_media", 5.0, "media"),
        ("housekeeping", 5.0, "housekeeping"),
    )
}
