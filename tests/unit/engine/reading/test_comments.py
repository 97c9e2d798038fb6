"""Comments call people to a record: those who may see it, and nobody else."""

from __future__ import annotations

import pytest

from engine.errors import NotThere
from engine.testing import actor
from tests.unit.engine.conftest import Shop, made


def _new(shop: Shop, login: str) -> list[str]:
    return [each.text for each in shop.engine.mentions(shop.as_(login).context)]


def test_who_is_mentioned_finds_it_until_the_record_was_opened(shop_on_both: Shop) -> None:
    shop = shop_on_both
    customer = shop.customer("Bearing Works")
    shop.engine.comment(shop.sales.context, "customer", customer, "@Manager please call them, @Sales")
    [mention] = shop.engine.mentions(shop.manager.context)
    assert (mention.entity, mention.record_id, mention.title) == ("customer", customer, "Bearing Works")
    assert mention.actor is not None
    assert mention.actor.name == "Sales"
    assert _new(shop, "sales") == []
    [entry] = shop.engine.timeline(shop.manager.context, "customer", customer, kinds=("commented",))
    assert entry.called == ("Manager",)
    shop.engine.note_read(shop.manager.context, "customer", customer)
    assert _new(shop, "manager") == []


def test_the_same_words_from_the_same_form_are_one_comment(shop_on_both: Shop) -> None:
    shop = shop_on_both
    customer, asking = shop.customer(), shop.sales.context
    first = shop.engine.comment(asking, "customer", customer, "@Manager look", key="form 1")
    assert shop.engine.comment(asking, "customer", customer, "@Manager look", key="form 1") == first
    assert len(_new(shop, "manager")) == 1
    others = [
        shop.engine.comment(asking, "customer", customer, "@Manager look", key="form 2"),
        shop.engine.comment(asking, "customer", customer, "another word", key="form 1"),
        shop.engine.comment(shop.manager.context, "customer", customer, "@Manager look", key="form 1"),
    ]
    assert len({first, *others}) == 4


def test_nobody_learns_of_a_record_by_being_named(shop: Shop) -> None:
    customer = shop.customer()
    shop.engine.comment(shop.sales.context, "customer", customer, "@Sales2 and @Director look at this")
    assert _new(shop, "sales2") == []
    assert len(_new(shop, "director")) == 1


def test_a_mention_at_a_record_that_went_out_of_sight_is_gone(shop: Shop) -> None:
    customer = shop.customer()
    shop.engine.comment(shop.sales.context, "customer", customer, "@Manager look")
    assert len(_new(shop, "manager")) == 1
    made(shop.as_("director").delete("customer", customer))
    assert _new(shop, "manager") == []


def test_only_people_who_see_the_record_are_offered(shop: Shop) -> None:
    customer = shop.customer()
    offered = {person.login for person in shop.engine.audience(shop.sales.context, "customer", customer, "")}
    assert "manager" in offered
    assert "director" in offered
    assert not offered & {"sales", "sales2"}
    assert [p.login for p in shop.engine.audience(shop.sales.context, "customer", customer, "mana")] == ["manager"]
    with pytest.raises(NotThere):
        shop.engine.audience(shop.as_("sales2").context, "customer", customer, "")


def test_of_two_names_that_begin_alike_the_longer_is_meant(shop: Shop) -> None:
    customer = shop.customer()
    shop.engine.comment(shop.as_("director").context, "customer", customer, "@Sales2")
    assert _new(shop, "sales") == []


def test_the_history_of_a_field_tells_who_gave_it_which_value(shop: Shop) -> None:
    deal = shop.deal(amount=100)
    made(shop.manager.update("deal", deal, amount=250))
    changes = shop.engine.field_history(shop.sales.context, "deal", deal, "amount")
    assert [(each.actor and each.actor.name, each.change.before, each.change.after) for each in changes] == [
        ("Manager", 100, 250),
        ("Sales", None, 100),
    ]
    for entity, record_id, field in (("deal", deal, "nothing"), ("deal", 999, "amount")):
        with pytest.raises(NotThere):
            shop.engine.field_history(shop.sales.context, entity, record_id, field)
    with pytest.raises(NotThere):
        shop.engine.field_history(shop.as_("sales2").context, "deal", deal, "amount")


def test_a_reference_that_is_named_but_not_to_be_opened_is_closed(shop: Shop) -> None:
    deal = shop.deal(shop.customer())
    made(shop.as_("director").update("deal", deal, owner=actor(shop.engine, "sales2").id))
    seen = shop.engine.find(shop.as_("sales2").context, "deal", deal)
    own = shop.engine.find(shop.as_("director").context, "deal", deal)
    assert seen is not None
    assert own is not None
    assert (seen.titles["customer"], "customer" in seen.closed) == ("Bearing Works", True)
    assert "customer" not in own.closed
