"""No screen and no act of the console without a test in a browser: whoever adds one names the test that tries it."""

from collections.abc import Callable, Mapping

import pytest

from tests.browser import test_console_case as case
from tests.browser import test_console_hubspot as hubspot
from tests.browser import test_console_law as law
from tests.browser import test_console_letter as letter
from tests.browser import test_console_reports as reports
from tests.browser import test_console_screens as screens
from tests.browser import test_console_sign_in as door
from tests.browser import test_console_threads as threads
from tests.browser import test_first_day as day
from tests.browser.at_desk import AtDesk
from triage.web.console.app import console_app
from triage.web.console.case import _PLAIN
from triage.web.console.case_acts import ACTS

pytestmark = pytest.mark.asyncio(loop_scope="session")

Tried = Mapping[str, Callable[..., object]]
_CASE, _NUMBER = r"/cases/{thread}", r"/{number}"

SCREENS: Tried = {
    "GET /": screens.test_filters_hold_until_they_are_taken_off,
    "POST /": screens.test_rows_are_taken_left_and_cleared_many_at_once,
    "GET /news": screens.test_what_is_new_is_said_in_a_quiet_line_and_no_row_jumps,
    "GET /static/{name}": day.test_the_first_day,
    "GET /sign-in": day.test_the_first_day,
    "POST /sign-in": day.test_the_first_day,
    "GET /sign-in/elsewhere": door.test_a_work_account_comes_in_by_the_identity_provider,
    "GET /sign-in/back": door.test_a_work_account_comes_in_by_the_identity_provider,
    "POST /sign-out": door.test_signing_out_ends_this_session_and_everywhere_ends_each,
    "GET /contacts/new": threads.test_a_call_of_somebody_new_becomes_an_enquiry_with_its_clock,
    "POST /contacts/new": threads.test_a_call_of_somebody_new_becomes_an_enquiry_with_its_clock,
    "GET /contacts/{key}": threads.test_a_call_of_somebody_new_becomes_an_enquiry_with_its_clock,
    "GET /people": screens.test_a_person_is_found_and_all_that_is_held_is_exported,
    "GET /people/export": screens.test_a_person_is_found_and_all_that_is_held_is_exported,
    "GET /reports": reports.test_a_period_is_chosen_its_figures_are_read_and_taken_as_csv,
    "GET /reports/{name}.csv": reports.test_a_period_is_chosen_its_figures_are_read_and_taken_as_csv,
    "GET /complaints": screens.test_the_complaints_register_is_read_and_taken_as_csv,
    "GET /complaints.csv": screens.test_the_complaints_register_is_read_and_taken_as_csv,
    "GET /calendar.ics": screens.test_settings_are_read_alarms_dealt_with_and_the_journal_verified,
    "GET /settings": screens.test_settings_are_read_alarms_dealt_with_and_the_journal_verified,
    "POST /settings/alarms": screens.test_settings_are_read_alarms_dealt_with_and_the_journal_verified,
    "GET /settings/rules": screens.test_settings_are_read_alarms_dealt_with_and_the_journal_verified,
    "GET /settings/check": screens.test_settings_are_read_alarms_dealt_with_and_the_journal_verified,
    "GET /settings/journal": screens.test_settings_are_read_alarms_dealt_with_and_the_journal_verified,
    "GET /settings/journal.csv": screens.test_settings_are_read_alarms_dealt_with_and_the_journal_verified,
    "GET /suppression": screens.test_an_address_is_listed_checked_against_a_campaign_and_lifted,
    "POST /suppression": screens.test_an_address_is_listed_checked_against_a_campaign_and_lifted,
    "POST /suppression/lift": screens.test_an_address_is_listed_checked_against_a_campaign_and_lifted,
    "GET /suppression/check": screens.test_an_address_is_listed_checked_against_a_campaign_and_lifted,
    "POST /suppression/check": screens.test_an_address_is_listed_checked_against_a_campaign_and_lifted,
    "GET /quarantine": screens.test_an_item_nobody_could_read_is_taken_away_and_tried_again,
    "POST /quarantine": screens.test_an_item_nobody_could_read_is_taken_away_and_tried_again,
    "GET /quarantine/{item}/raw": screens.test_an_item_nobody_could_read_is_taken_away_and_tried_again,
    "GET /letters": letter.test_acknowledgements_that_were_held_are_sent_several_at_once,
    "GET /letters/templates": letter.test_every_template_is_read_with_sample_facts,
    "POST /letters/acknowledge": letter.test_acknowledgements_that_were_held_are_sent_several_at_once,
    "GET /letters/{id}": letter.test_an_approved_letter_is_called_back_within_half_a_minute_and_leaves_after_it,
    "GET /letters/{id}/print": letter.test_a_draft_is_thrown_away_and_another_printed_and_handed_over,
    "POST /letters/{id}/check": letter.test_without_scripts_the_words_are_checked_by_a_button,
    "POST /letters/{id}/save": (
        letter.test_a_draft_is_read_by_the_rules_while_it_is_typed_and_shown_as_its_reader_will_see_it
    ),
    "POST /letters/{id}/approve": (
        letter.test_an_approved_letter_is_called_back_within_half_a_minute_and_leaves_after_it
    ),
    "POST /letters/{id}/call-back": (
        letter.test_an_approved_letter_is_called_back_within_half_a_minute_and_leaves_after_it
    ),
    "POST /letters/{id}/discard": letter.test_a_draft_is_thrown_away_and_another_printed_and_handed_over,
    "POST /letters/{id}/hand-over": letter.test_a_draft_is_thrown_away_and_another_printed_and_handed_over,
    "GET /enquiries/{thread}/acknowledge": (
        letter.test_where_nobody_vouches_for_the_sender_a_checked_address_is_typed_in
    ),
    "POST /enquiries/{thread}/acknowledge": (
        letter.test_where_nobody_vouches_for_the_sender_a_checked_address_is_typed_in
    ),
    "POST /enquiries/{thread}/acknowledged": (
        letter.test_what_was_acknowledged_another_way_is_said_on_the_case_and_on_the_letters_page
    ),
    f"GET {_CASE}": case.test_a_message_without_a_case_is_cleared_and_its_evidence_saved,
    f"GET {_CASE}{_NUMBER}": day.test_the_first_day,
    f"GET {_CASE}/evidence.zip": case.test_a_message_without_a_case_is_cleared_and_its_evidence_saved,
    f"GET {_CASE}{_NUMBER}/evidence.zip": day.test_the_first_day,
    f"GET {_CASE}/messages/{{message}}/original": (
        case.test_the_message_what_is_attached_and_the_evidence_are_saved_as_files
    ),
    f"GET {_CASE}/messages/{{message}}/files/{{index}}": (
        case.test_the_message_what_is_attached_and_the_evidence_are_saved_as_files
    ),
    f"GET {_CASE}/relabel": case.test_several_kinds_are_said_at_once_with_the_effect_shown_first,
    f"POST {_CASE}/relabel": case.test_several_kinds_are_said_at_once_with_the_effect_shown_first,
    f"GET {_CASE}/merge": threads.test_the_same_matter_twice_is_merged_with_the_effect_shown_first,
    f"POST {_CASE}/merge": threads.test_the_same_matter_twice_is_merged_with_the_effect_shown_first,
    f"GET {_CASE}/messages/{{message}}/split": (
        threads.test_two_enquiries_in_one_message_are_split_with_the_effect_shown_first
    ),
    f"POST {_CASE}/messages/{{message}}/split": (
        threads.test_two_enquiries_in_one_message_are_split_with_the_effect_shown_first
    ),
    f"POST {_CASE}/hubspot/find": hubspot.test_at_hubspot_a_contact_is_looked_up_and_its_marketing_mail_is_stopped,
    f"POST {_CASE}/hubspot/unsubscribe": (
        hubspot.test_at_hubspot_a_contact_is_looked_up_and_its_marketing_mail_is_stopped
    ),
    f"POST {_CASE}{_NUMBER}/hubspot/find": (
        hubspot.test_at_hubspot_a_contact_is_looked_up_and_its_marketing_mail_is_stopped
    ),
    f"POST {_CASE}{_NUMBER}/hubspot/unsubscribe": (
        hubspot.test_at_hubspot_a_contact_is_looked_up_and_its_marketing_mail_is_stopped
    ),
    f"POST {_CASE}/{{act}}": case.test_a_message_without_a_case_is_cleared_and_its_evidence_saved,
    f"POST {_CASE}{_NUMBER}/{{act}}": case.test_a_note_is_kept_and_the_case_is_taken_given_away_and_put_to_rest,
}

CASE_ACTS: Tried = {
    "draft": case.test_a_letter_that_no_other_act_brings_is_laid_ready_and_a_refusal_stands_beside_its_words,
    "regime": law.test_whose_law_counts_is_settled_with_the_dates_by_each_law_shown_first,
    "read": case.test_a_message_is_marked_as_read_and_a_system_is_ticked_and_unticked,
    "acknowledged": letter.test_what_was_acknowledged_another_way_is_said_on_the_case_and_on_the_letters_page,
    "clear": case.test_a_message_without_a_case_is_cleared_and_its_evidence_saved,
    "assign": case.test_a_note_is_kept_and_the_case_is_taken_given_away_and_put_to_rest,
    "note": case.test_a_note_is_kept_and_the_case_is_taken_given_away_and_put_to_rest,
    "contacted": case.test_a_call_is_logged_with_five_fields_on_a_phone,
    "snooze": case.test_a_note_is_kept_and_the_case_is_taken_given_away_and_put_to_rest,
    "hold": case.test_a_note_is_kept_and_the_case_is_taken_given_away_and_put_to_rest,
    "tick": case.test_a_message_is_marked_as_read_and_a_system_is_ticked_and_unticked,
    "leave": case.test_a_message_is_marked_as_read_and_a_system_is_ticked_and_unticked,
    "untick": case.test_a_message_is_marked_as_read_and_a_system_is_ticked_and_unticked,
    "event": case.test_what_would_follow_is_seen_before_it_is_decided_and_then_recorded,
    "ask": day.test_the_first_day,
    "extend": day.test_the_first_day,
    "answer": case.test_an_access_request_is_answered_with_its_records_and_closed_and_opened_again,
    "forward": case.test_what_a_client_answers_is_passed_on_by_a_letter,
    "close": case.test_an_access_request_is_answered_with_its_records_and_closed_and_opened_again,
    "reopen": case.test_an_access_request_is_answered_with_its_records_and_closed_and_opened_again,
    "withdrawn": case.test_a_wish_that_is_taken_back_stands_after_all_and_is_taken_back_again,
    "stands": case.test_a_wish_that_is_taken_back_stands_after_all_and_is_taken_back_again,
    "answers": case.test_an_access_request_is_answered_with_its_records_and_closed_and_opened_again,
    "delivered": case.test_an_access_request_is_answered_with_its_records_and_closed_and_opened_again,
}


async def test_every_screen_has_a_test_in_a_browser(desk: AtDesk) -> None:
    routes = console_app(desk.office.console).router.routes()
    listed = {
        f"{route.method} {route.resource.canonical}" for route in routes if route.resource and route.method != "HEAD"
    }
    assert set(SCREENS) == listed


async def test_every_act_of_the_case_page_has_a_test_in_a_browser() -> None:
    assert set(CASE_ACTS) == {*ACTS, *_PLAIN}
