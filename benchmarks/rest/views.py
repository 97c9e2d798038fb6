"""The deals over Django REST framework, as its guide has one write them: a serializer, a view set, a token class."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone
from rest_framework import exceptions, pagination, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from benchmarks.floor.rules import MOVES
from benchmarks.rest.models import Audit, Deal, Person, Unit

FIELDS = (
    "name", "short_name", "tax_no", "industry", "grade", "source", "city", "address", "phone", "email", "website",
    "amount", "cost", "quantity", "margin", "close_on", "contacted_on", "is_urgent", "notes",
)  # fmt: skip
MARKS = ("id", "version", "stage", "stage_since", "created_at", "changed_at")


class PersonTitle(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField(source="name")


class DealSerializer(serializers.ModelSerializer):
    owner = PersonTitle(read_only=True)
    created_by = PersonTitle(read_only=True)
    changed_by = PersonTitle(read_only=True)

    class Meta:
        model = Deal
        fields = (*FIELDS, *MARKS, "owner", "created_by", "changed_by")
        read_only_fields = MARKS

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        def now(key: str) -> Any:
            return given.get(key, getattr(self.instance, key, None))

        if now("tax_no") and len(now("tax_no")) != 18:
            raise serializers.ValidationError({"tax_no": "A registration number has 18 characters"})
        if now("close_on") and now("contacted_on") and now("close_on") < now("contacted_on"):
            raise serializers.ValidationError({"close_on": "The close cannot be before the contact"})
        return given


class Pages(pagination.CursorPagination):
    page_size = 50
    ordering = ("-amount", "-id")

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"items": data, "next": self.get_next_link()})


class Deals(viewsets.ModelViewSet):
    serializer_class = DealSerializer
    pagination_class = Pages

    def get_queryset(self) -> QuerySet[Deal]:
        """Own deals; with those of the team for a manager; all for a director."""
        person: Person = self.request.user
        found = Deal.objects.filter(deleted_at=None)
        if person.role == "director":
            return found
        if person.role == "sales":
            return found.filter(owner=person)
        below = list(Unit.objects.filter(path__startswith=person.unit.path).values_list("id", flat=True))
        return found.filter(Q(owner=person) | Q(unit__in=below))

    def filter_queryset(self, queryset: QuerySet[Deal]) -> QuerySet[Deal]:
        wanted = {key: value for key in ("grade", "industry") if (value := self.request.query_params.get(key))}
        return queryset.filter(**wanted).select_related("owner", "created_by", "changed_by")

    @transaction.atomic
    def perform_create(self, serializer: DealSerializer) -> None:
        person, at = self.request.user, timezone.now()
        made = serializer.save(
            owner=person, unit=person.unit, stage_since=at, created_at=at, changed_at=at, created_by=person,
            changed_by=person,
        )  # fmt: skip
        _keep(made, "created", person, at, {key: (None, value) for key, value in serializer.validated_data.items()})

    @action(detail=True, methods=["post"])
    @transaction.atomic
    def move(self, request: Request, pk: str | None = None) -> Response:  # noqa: ARG002 — the router names it
        deal = self.get_object_of_lock()
        if request.data.get("version") != deal.version:
            raise exceptions.ValidationError({"version": f"somebody saved in between: {deal.version}"})
        serializer = self.get_serializer(deal, data=request.data.get("fill") or {}, partial=True)
        serializer.is_valid(raise_exception=True)
        before = {key: getattr(deal, key) for key in serializer.validated_data}
        target, at = str(request.data.get("to")), timezone.now()
        source = deal.stage
        _check_move(deal, serializer.validated_data, target)
        moved = serializer.save(
            stage=target, stage_since=at, changed_at=at, changed_by=request.user, version=deal.version + 1
        )
        changes = {key: (before[key], value) for key, value in serializer.validated_data.items()}
        _keep(moved, "moved", request.user, at, changes | {"stage": (source, target)})
        return Response(serializer.data)

    def get_object_of_lock(self) -> Deal:
        found = self.get_queryset().select_related("owner", "created_by", "changed_by").select_for_update(of=("self",))
        deal = found.filter(pk=self.kwargs["pk"]).first()
        if deal is None:
            raise exceptions.NotFound
        if self.request.user.role == "sales" and deal.owner_id != self.request.user.id:
            raise exceptions.PermissionDenied
        return deal

    @action(detail=False)
    def totals(self, request: Request) -> Response:  # noqa: ARG002
        groups = self.get_queryset().values("stage").annotate(count=Count("id"), amount=Sum("amount")).order_by()
        return Response(
            {"groups": [{"key": g["stage"], "count": g["count"], "amount": str(g["amount"])} for g in groups]}
        )


def _check_move(deal: Deal, given: dict[str, Any], target: str) -> None:
    """Whether the deal, as it would be, may go to this stage."""
    if target not in MOVES.get(deal.stage, ()):
        raise exceptions.ValidationError({"stage": f"there is no way from {deal.stage} to {target}"})
    after = {key: given.get(key, getattr(deal, key)) for key in ("phone", "amount", "close_on", "cost")}
    if target == "qualified":
        errors = {key: "is wanted here" for key in ("phone", "amount", "close_on") if not after[key]}
        if after["amount"] is not None and not (after["amount"] > 0 and (after["cost"] or 0) <= after["amount"]):
            errors["amount"] = "The amount must cover the cost"
        if errors:
            raise exceptions.ValidationError(errors)


def _keep(deal: Deal, kind: str, person: Person, at: Any, changes: dict[str, Any]) -> None:
    said = {key: [_plain(before), _plain(after)] for key, (before, after) in changes.items()}
    Audit.objects.create(deal=deal, kind=kind, person=person, at=at, changes=said)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, Decimal) else value


_router = SimpleRouter(trailing_slash=False)
_router.register("deals", Deals, basename="deal")
urlpatterns = _router.urls
