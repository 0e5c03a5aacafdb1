"""Who somebody is and how to reach them, as a colleague types it in one go."""

from triage.parsing.who import Who, read_who


def test_a_name_with_a_number_or_an_address_behind_it() -> None:
    assert read_who("Jo Reader, 0117 496 0999") == Who(name="Jo Reader", phone="0117 496 0999")
    assert read_who("Jo Reader <Jo@post.example>") == Who(name="Jo Reader", email="jo@post.example")
    assert read_who("07700 900123") == Who(phone="07700 900123")


def test_all_of_it_on_lines_of_its_own() -> None:
    text = "Jo Reader\njo@post.example\n07700 900123\n\n12 High Street\nLeeds LS1 4AB"
    assert read_who(text) == Who(
        name="Jo Reader", email="jo@post.example", phone="07700 900123", post="12 High Street, Leeds LS1 4AB"
    )


def test_nothing_that_was_typed_is_dropped() -> None:
    assert read_who("Jo (jo@post.example) of Acme") == Who(name="Jo of Acme", email="jo@post.example")
    assert read_who("the man at gate 4") == Who(name="the man at gate 4")
    assert read_who("") == Who()
