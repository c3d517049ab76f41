"""Makes a world of nominations from its plan: who thanked whom, how it was told, and in what it came."""

import numpy as np

from pipeline.simulate.nominations.cards import ToldOnCard, make_cards
from pipeline.simulate.nominations.happenings import Thanks, thanks_of_organisation
from pipeline.simulate.nominations.people import NomineePool, simulated_organisation
from pipeline.simulate.nominations.plan import Plan
from pipeline.simulate.nominations.submissions import ToldOnForm, drawn_forms, make_submissions
from pipeline.simulate.nominations.telling import first_telling, second_telling
from pipeline.simulate.nominations.words import pick
from pipeline.simulate.nominations.world import Form, OrganisationWorld, Way, World

_CASES = {Way.CARD_AND_FORM: "told_twice", Way.TWICE_ON_FORM: "twice_on_form", Way.EDITED: "edited"}


def simulate(plan: Plan) -> World:
    """Make the world that `plan` describes: the same for the same plan."""
    return World(plan, tuple(simulate_organisation(number, plan) for number in range(1, plan.organisations + 1)))


def simulate_organisation(number: int, plan: Plan) -> OrganisationWorld:
    """Make organisation `number` of the plan, from 1, on its own."""
    rng = np.random.default_rng((plan.seed, number))
    profile = simulated_organisation(number, plan, rng)
    forms = drawn_forms(number, rng)
    count = plan.count // plan.organisations + (number <= plan.count % plan.organisations)
    on_cards: list[ToldOnCard] = []
    on_forms: list[ToldOnForm] = []
    pool = NomineePool(profile, plan, rng)
    code = profile.organisation.code
    for thanks in thanks_of_organisation(code, count, pool, plan, rng):
        _tell(thanks, forms, plan, rng, on_cards, on_forms)
    cards = make_cards(on_cards, profile, plan, rng)
    return OrganisationWorld(profile, forms, cards, make_submissions(on_forms, code, plan, rng), count)


def _tell(
    thanks: Thanks, forms: tuple[Form, ...], plan: Plan, rng: np.random.Generator,
    on_cards: list[ToldOnCard], on_forms: list[ToldOnForm],
) -> None:  # fmt: skip
    """Put a nomination on a card, through a form, or both."""
    case = _case(thanks)
    first = first_telling(thanks, plan.shares, rng)
    if thanks.way is Way.CARD:
        on_cards.append(ToldOnCard(first, case))
        return
    form = pick(forms, rng).kind
    if thanks.way is not Way.CARD_AND_FORM:
        on_forms.append(ToldOnForm(first, case, form, edited=thanks.way is Way.EDITED))
    if thanks.way is Way.TWICE_ON_FORM:
        on_forms.append(ToldOnForm(second_telling(first, plan.shares, plan.last_day, rng), case, form))
    if thanks.way is Way.CARD_AND_FORM:
        second = second_telling(first, plan.shares, plan.last_day, rng)
        card, sent = (first, second) if rng.random() < 0.5 else (second, first)
        on_cards.append(ToldOnCard(card, case))
        on_forms.append(ToldOnForm(sent, case, form))


def _case(thanks: Thanks) -> str:
    """Say what kind a nomination's sources are of: how it came in, and what makes it hard to tell from others."""
    tags = [*([_CASES[thanks.way]] if thanks.way in _CASES else []), *dict.fromkeys(thanks.tags)]
    return "+".join(tags) or "single"
