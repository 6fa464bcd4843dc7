"""Short messages made from words of their topic and words of none: learnable, overlapping, never the same twice."""

import random

TOPICS = {
    "delivery": "parcel courier late tracking depot doorstep driver arrived lost shipped van neighbour",
    "billing": "invoice charged twice amount voucher card reminder price discount paid overcharged statement",
    "account": "password login locked reset email code sign registered username hacked profile verify",
    "quality": "broken cracked leaking faulty loose torn scratched rattles smells bent burnt stain",
}
OTHERS = (
    "please the my i it was is and you with for since yesterday again help still order what can when "
    "hello thanks week monday now really two one box online shop very not any but"
)


def write_messages(count: int, *, seed: int = 0, slip: float = 0.35) -> list[tuple[str, str]]:
    """(text, topic) pairs; of the words that carry meaning, the share ``slip`` comes from another topic."""
    rng = random.Random(seed)
    words = {topic: text.split() for topic, text in TOPICS.items()}
    pairs: dict[str, str] = {}
    while len(pairs) < count:
        topic = rng.choice(list(words))
        said = [rng.choice(words[rng.choice(list(words)) if rng.random() < slip else topic]) for _ in range(4)]
        said += rng.choices(OTHERS.split(), k=rng.randint(3, 9))
        rng.shuffle(said)
        pairs.setdefault(" ".join(said), topic)
    return list(pairs.items())
