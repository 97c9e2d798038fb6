"""The deals as Django keeps them: the same twenty fields, the same indexes as the floor's."""

from __future__ import annotations

from django.db import models


class Unit(models.Model):
    path = models.TextField()

    class Meta:
        app_label = "rest"


class Person(models.Model):
    login = models.TextField(unique=True)
    name = models.TextField()
    role = models.TextField()
    unit = models.ForeignKey(Unit, models.PROTECT)
    is_active = models.BooleanField(default=True)
    is_authenticated = True

    class Meta:
        app_label = "rest"


class Token(models.Model):
    digest = models.TextField(primary_key=True)
    person = models.ForeignKey(Person, models.CASCADE)
    expires_at = models.DateTimeField()

    class Meta:
        app_label = "rest"


def _options(*keys: str) -> list[tuple[str, str]]:
    return [(key, key) for key in keys]


class Deal(models.Model):
    version = models.IntegerField(default=1)
    name = models.CharField(max_length=500)
    short_name = models.CharField(max_length=500, blank=True, default="")
    tax_no = models.CharField(max_length=500, blank=True, default="")
    industry = models.CharField(max_length=20, choices=_options("auto", "machine", "consumer", "energy", "medical"))
    grade = models.CharField(max_length=1, choices=_options("A", "B", "C"))
    source = models.CharField(max_length=20, blank=True, choices=_options("expo", "website", "referral", "phone"))
    city = models.CharField(max_length=500, blank=True, default="")
    address = models.CharField(max_length=500, blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")
    email = models.EmailField(max_length=200, blank=True, default="")
    website = models.URLField(max_length=500, blank=True, default="")
    owner = models.ForeignKey(Person, models.PROTECT, related_name="deals", db_index=False)
    amount = models.DecimalField(max_digits=15, decimal_places=2, null=True)
    cost = models.DecimalField(max_digits=15, decimal_places=2, null=True)
    quantity = models.BigIntegerField(null=True)
    margin = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    close_on = models.DateField(null=True)
    contacted_on = models.DateField(null=True)
    is_urgent = models.BooleanField(default=False)
    notes = models.TextField(blank=True, default="", max_length=20_000)
    unit = models.ForeignKey(Unit, models.PROTECT, db_index=False)
    stage = models.CharField(max_length=20, default="lead")
    stage_since = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "rest"
        indexes = (
            models.Index(models.F("grade"), models.F("industry"), models.F("amount").desc(), models.F("id").desc(),
                         name="rest_deal_list"),
            models.Index(models.F("amount").desc(), models.F("id").desc(), name="rest_deal_amount"),
            models.Index(fields=["owner", "created_at"], name="rest_deal_owner"),
            models.Index(fields=["unit", "stage", "amount"], name="rest_deal_stage"),
        )  # fmt: skip


class Audit(models.Model):
    deal = models.ForeignKey(Deal, models.CASCADE)
    kind = models.TextField()
    person = models.ForeignKey(Person, models.PROTECT, db_index=False)
    at = models.DateTimeField()
    changes = models.JSONField()

    class Meta:
        app_label = "rest"


TABLES = (Unit, Person, Token, Deal, Audit)
