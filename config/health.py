"""Whether this process lives, and whether it may be sent traffic. Redis down is degraded, not unready."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis import Redis, RedisError

_migrated = False


def livez(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, is migrated and our role cannot bypass row security; else 503."""
    try:
        problem = _database_problem()
    except DatabaseError as error:
        problem = f"database: {type(error).__name__}"
    body: dict[str, object] = {"ready": not problem, "degraded": not _redis_answers()}
    if problem:
        body["problem"] = problem
    return JsonResponse(body, status=503 if problem else 200)


def _database_problem() -> str:
    global _migrated
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolbypassrls OR EXISTS (SELECT 1 FROM pg_class WHERE relowner = r.oid "
            "AND relkind = 'r') FROM pg_roles r WHERE rolname = current_user"
        )
        if cursor.fetchone()[0]:
            return "the database role owns tables or bypasses row security"
    if not _migrated:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "migrations are not applied"
        _migrated = True
    return ""


def _redis_answers() -> bool:
    if not settings.REDIS_URL:
        return False
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5) as redis:
            return bool(redis.ping())
    except RedisError:
        return False
