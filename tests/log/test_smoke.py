from timeline.domain.contents import new_event


def test_append(timelines):
    e = new_event(timelines.kinds, {"kind": "toy.moved", "occurred": "2025", "data": {"toy": "bear", "room": "attic"}})
    done = timelines.append("toys", [e, e] if False else [e])
    assert done.basis.position == 1
