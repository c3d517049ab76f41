"""Invented nomination stories for the two questions of the card, put together from phrases that people could have written.

Mostly common words, so that one writer's own words cover as much as possible of them. No real event is told.
"""

from collections.abc import Callable, Sequence

import numpy as np

WHO = ("She", "He", "They", "The nurse", "This person", "Our nurse", "The porter", "The doctor", "This young man", "This lady")
WHOM = (
    "my mother", "my father", "my husband", "my wife", "my son", "our family", "a very old man", "my brother", "the woman next to me",
    "a new member of staff", "me", "one of our patients", "my little girl", "a man who had no family",
)  # fmt: skip
WHEN = (
    "after a long day", "at the end of the night", "in the early morning", "when we were very worried", "on a hard day for the ward",
    "after the operation", "before the meeting", "when no one else had time", "all through the night", "on the first day",
    "when I came to the hospital", "at a very bad time for us", "in the middle of a busy day", "when I was at my lowest",
)  # fmt: skip
DEEDS = (
    "sat with {whom} and just talked", "held the hand of {whom}", "made time to listen to {whom}", "kept {whom} warm and made a cup of tea",
    "asked {whom} what was important", "stayed two hours after work to help {whom}", "gave {whom} the time to ask every question",
    "took the time to know {whom} as a person", "went to get food and water for {whom}", "told {whom} the truth in a kind way",
    "helped {whom} to walk again, step by step", "saw that {whom} was afraid and did not leave", "found a quiet room for {whom}",
    "called the family so they could be together with {whom}", "made {whom} smile when nothing else could", "let {whom} cry and said very little",
    "brought a book and music for {whom}", "looked after {whom} as if they were family", "cut the birthday cake with {whom}",
    "washed the hair of {whom} with such care", "explained each step to {whom} in plain English", "put a blanket around {whom} without being asked",
)  # fmt: skip
MANNER = (
    "It was a small thing but it was not small to us.", "Nothing was too much to ask.", "No one had asked for it.",
    "I have never seen such care.", "It was done with love and a smile.", "There was no need to do it.",
    "This is what good work looks like.", "I think about it every day.", "Not once did it feel like a job.",
    "Others would have gone home by then.", "It took no money, only time.", "We all need people like this.",
    "I want to say thank you.", "Please tell them how much it meant.", "That is the kind of person they are.",
)  # fmt: skip
EFFECTS = (
    "I was able to sleep that night.", "It made a very bad day much better.", "We felt safe and not alone.",
    "I could ask my questions and I knew what would happen next.", "My mother began to eat again.", "He went home a week early.",
    "The whole ward was more kind after that.", "I will never forget it.", "It gave us hope when we had none.",
    "I now do the same for other people.", "Our team works better together because of it.", "She felt like a person again.",
    "My father died in peace, with us around him.", "It was the first time he had laughed in a month.",
    "We knew that he was in good hands.", "It changed how I think about my own work.", "I was not afraid any more.",
    "The family could say the things they had to say.", "I found the power to go on.", "New staff see this and learn from it.",
    "It helped me to come back to work.", "For me it was a light in a dark place.", "All of us left with a better view of the hospital.",
    "She was able to go to the garden and see the sun.", "It cost nothing and it was everything to us.",
)  # fmt: skip
CLOSINGS = (
    "Thank you so much.", "Thank you!", "We are so grateful.", "Well done.", "A true leader.", "Please keep up the good work.",
    "I hope this person gets to read this.", "Simply the best.", "What a star!",
)  # fmt: skip


def _pick(phrases: Sequence[str], rng: np.random.Generator) -> str:
    return phrases[int(rng.integers(len(phrases)))]


def _deed(rng: np.random.Generator, who: str) -> str:
    deed = _pick(DEEDS, rng).format(whom=_pick(WHOM, rng))
    form = int(rng.integers(3))
    when = _pick(WHEN, rng)
    if form == 0:
        return f"{who} {deed} {when}."
    if form == 1:
        return f"{when[0].upper()}{when[1:]}, {who[0].lower() if who.startswith(('Th', 'Our')) else who[0].lower()}{who[1:]} {deed}."
    return f"{who} {deed}."


def action_story(rng: np.random.Generator, words: int) -> str:
    """An answer to "How did this person lead with compassion?" of about that many words."""
    who = _pick(WHO, rng)
    again = who if who in ("She", "He", "They") else _pick(("She", "He", "They"), rng)
    parts = [_deed(rng, who)]
    while _length(parts) < words - 5:
        parts.append(_deed(rng, again) if rng.random() < 0.5 else _new(MANNER, parts, rng))
    return " ".join(parts)


def impact_story(rng: np.random.Generator, words: int) -> str:
    """An answer to "What was the impact on you or on others?" of about that many words."""
    parts = [_pick(EFFECTS, rng)]
    while _length(parts) < words - 5 and len(parts) < len(EFFECTS):
        parts.append(_new(EFFECTS, parts, rng))
    if rng.random() < 0.3:
        parts.append(_pick(CLOSINGS, rng))
    return " ".join(parts)


def _length(parts: list[str]) -> int:
    return sum(len(part.split()) for part in parts)


def _new(phrases: Sequence[str], used: list[str], rng: np.random.Generator) -> str:
    left = [phrase for phrase in phrases if phrase not in used]
    return _pick(left or phrases, rng)


def story(question: str, knows: Callable[[str], bool], rng: np.random.Generator, shortest: int = 8, longest: int = 60) -> str:
    """A story for the field `action` or `impact` (any other name: `impact`): of several, the one that a hand knows most words of."""
    words = int(rng.integers(shortest, longest + 1))
    make = action_story if question == "action" else impact_story
    told = [make(rng, words) for _ in range(8)]
    return max(told, key=lambda text: _known(text, knows))


def _known(text: str, knows: Callable[[str], bool]) -> float:
    words = text.split()
    bare = [word.rstrip(".,!?") for word in words]
    return sum(knows(a) or knows(b) or knows(b.lower()) for a, b in zip(words, bare, strict=True)) / len(words)
