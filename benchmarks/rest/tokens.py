"""Who asks: the person behind a bearer token."""

from __future__ import annotations

import hashlib

from django.utils import timezone
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from benchmarks.rest.models import Person, Token


class ByToken(authentication.BaseAuthentication):
    """Tokens kept as hashes, with an end."""

    def authenticate(self, request: Request) -> tuple[Person, Token] | None:
        secret = request.headers.get("Authorization", "").removeprefix("Bearer ")
        digest = hashlib.sha256(secret.encode()).hexdigest()
        token = (
            Token.objects.select_related("person__unit")
            .filter(digest=digest, expires_at__gt=timezone.now(), person__is_active=True)
            .first()
        )
        if token is None:
            raise exceptions.AuthenticationFailed
        return token.person, token
