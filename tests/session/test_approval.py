"""What a person agreed to, and what would be done by the time the project is held."""

from __future__ import annotations

from collections.abc import Mapping

from reelmake.model.step import Step
from reelmake.model.take import Attempt
from reelmake.plan.decide import Evidence, Plan, decide
from reelmake.plan.key import key
from reelmake.plan.step_graph import graph
from reelmake.session.approval import exceeds
from tests.support.playbook import attempt
from tests.support.world import shot

A, B = shot("a", "a kite"), shot("b", "a tram")


def planned(*wanted: Step, ordered: Mapping[str, Attempt] = {}) -> Plan:
    known = Evidence(lambda key: None, lambda key: None, lambda path: "", locked={}, ordered=ordered.get)
    return decide(graph(wanted), [s.id for s in wanted], known)


def test_an_order_that_failed_while_we_waited_is_not_placed_again_for_what_another_would_have_cost() -> None:
    under_way = {key(A, {}): attempt(key(A, {}), "a", remote="job-1")}
    agreed = planned(A, B, ordered=under_way)  # b is paid for, a is only fetched
    now = planned(A)  # another run made b, and a ended without a clip
    assert now.cost == agreed.cost
    assert exceeds(now, agreed)


def test_what_is_ordered_by_now_is_less_than_what_was_agreed_to() -> None:
    agreed = planned(A, B)
    assert not exceeds(planned(A, B, ordered={key(A, {}): attempt(key(A, {}), "a", remote="job-1")}), agreed)
    assert not exceeds(planned(B), agreed)
    assert exceeds(agreed, planned(B))
