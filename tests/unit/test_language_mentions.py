"""What merely sounds like a request or a flag: sellers, phishers, other business, people mentioned in passing."""

from dataclasses import replace
from pathlib import Path

import pytest

from triage.domain.classification import Classification, Script
from triage.domain.policy import Thresholds
from triage.domain.vocabulary import Channel, Flag
from triage.language.reader import Heed, Reader
from triage.parsing.own_words import split_passages
from triage.parsing.rules import load_policy

RULES = Path(__file__).resolve().parents[2] / "rules"
# The rules alone: where the model stands is no concern of theirs.
POLICY = replace(load_policy(RULES), thresholds=Thresholds(upper=0.80, lower=0.35, look=0.10), kind_thresholds={})


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(RULES, POLICY, Heed.RULES)


def read(reader: Reader, text: str) -> Classification:
    passages = split_passages(text)
    return reader.read(Script(channel=Channel.EMAIL, subject="", text=text, passages=passages))


SPAM_TALKING_OF_REQUESTS = [
    "How does your team cope with your DSARs? Ours processes every subject access request in five days.",
    "We handle subject access requests for firms like yours, from redaction to delivery.",
    "Every erasure request your customers send has to be logged. Our platform does it for you. Worth 15 minutes of "
    "your time next week?",
    "Struggling with rectification requests? Book a demo with our compliance specialists.",
    "Our clients cut the cost of a DSAR by half. Could I have fifteen minutes of your diary?",
    "We are an outsourced DPO service and would like to talk about your right of access procedure.",
    "Hi, I'm Dana from Privlogic. Companies that receive access requests and deletion requests by email lose track of "
    "them. Can I show you how we automate erasure?",
    "When a customer asks you to delete their data, how long does it take you? Our tool does it in a minute.",
    "Attached is our price list for handling data subject requests: access, rectification, erasure.",
    "Under the new law people can opt out of marketing and ask for a copy of their data. Are you ready? Join our "
    "webinar.",
    "My team at Redact & Co redacts personal data in DSAR responses. Are you the right person to speak with?",
    "Would you be open to a quick call about how you manage opt-outs and complaints?",
    "Your mailbox is almost full. Verify your mailbox within 24 hours or your data will be deleted.",
    "Account suspended: click here to confirm your details or all your files will be erased.",
    "Dear user, your email account will be deactivated and your personal data removed from our servers unless you "
    "confirm your password here https://x.example/a",
    "We have updated our records. Log in to verify your identity or your account will be deleted permanently.",
    "Final notice: your account has been limited. Update your information below to avoid deletion of your data.",
    "Say goodbye to missed deadlines: our managed service takes each subject access request off your desk.",
]

TALK_ABOUT_REQUESTS = [
    "Do you have a process for handling subject access requests under GDPR? I'm writing a dissertation.",
    "What is your policy on deletion requests?",
    "What happens when someone makes a subject access request to you?",
    "How many erasure requests did you receive last year?",
    "Is there a template for rectification requests in your trust centre?",
]

OTHER_BUSINESS = [
    "I attached the wrong spreadsheet. Please delete it then.",
    "Here is the server log. Delete the lot once you have looked.",
    "Freeze the order until we've settled the price.",
    "I'd rather not get the blue one, can we order black?",
    "Could I be taken off the ticket?",
    "I am furious. The broadband has been off for three days and your engineer was rude.",
    "Your prices are a disgrace and the delivery was late again.",
    "Your receptionist was rude to me and laughed.",
    "The engineer left cables lying on the floor for anyone to trip over.",
    "I told my neighbour how good you are.",
    "Someone has left the server room open all night.",
    "Who has opened the ticket?",
    "What do companies like you charge?",
    "Who looked at the server yesterday?",
    "Keep the order as it is until this is settled.",
    "No more toner, thank you, we have enough.",
    "I asked for a copy of the contract on 3 May and heard nothing.",
    "Hi there, does Larkfield get a lot of SARs? We built a tool that finds and redacts personal data. Happy to demo.",
    "Last quarter our team closed 4,000 deletion requests for retailers. Fancy a chat?",
    "Dear DPO, is your opt-out process audit-proof? Download our free checklist on objections and consent.",
    "I'm reaching out because companies your size often struggle when people ask for copies of their data.",
    "Microsoft: your password expires today. Keep the same password or your data will be removed.",
    "We received unusual sign-in. Confirm your personal details here or access to your account will be deleted.",
    "A client of mine wants to know how you deal with people who want their records corrected.",
    "Could you let me know your procedure if I wanted to have something deleted one day?",
    "Our intern deleted the customer list, can you restore it from backup?",
    "I am fuming, your price went up twice and nobody told me.",
    "Your driver left the parcel lying in the rain.",
    "Somebody in your office looked up the wrong part number.",
    "You told my colleague the engineer would come on Friday. He did not.",
    "The lady at your desk was gossiping instead of serving me.",
    "Please can you send me the invoice for March and delete the old one.",
    "Can we have a copy of the contract we signed?",
    "Please remove Dave from the rota and send him the file.",
    "Please update our delivery address for order 551.",
    "I'd like access to the shared drive for our new starter.",
    "Who has access to our SharePoint site?",
    "Stop the server at 6pm, then delete it.",
    "We hold a copy of your records, please call us about your accident claim.",
    "Your parcel is waiting. Confirm your address details to receive it: https://x.example",
    "Can you send me the notes from the meeting?",
    "Please keep me posted on the repair.",
    "My name was wrong on the visitor badge, no worries though.",
    "No reply to my quote request yet, still waiting.",
    "Your rights: you may ask for access, rectification, erasure and portability of your data at any time.",
    "We process data subject requests on behalf of 300 UK brands. May I send you a case study?",
    "IT desk: all staff must confirm their details by noon otherwise mailboxes are erased. Click to keep yours.",
    "One of our customers has asked to be deleted from our CRM. How do we do that in your software?",
    "I'm a student and I'd like to interview you about how firms respond to the right to be forgotten.",
    "Thank you for removing my details so quickly, much appreciated.",
    "Please don't remove me from the list, I like the offers.",
    "Can you delete the duplicate invoice and send me the right one?",
    "I've forgotten my password and can't get to my account.",
    "Please stop the engineer's visit on Friday, we are away.",
    "Your website says you hold stock in Leeds, what do you have?",
    "I want to see the manager, the service was appalling.",
    "What an awful company. Three hours on hold and then cut off!",
    "My son broke the router. Can you send a new one?",
    "Please correct the spelling on our sign-up page.",
    "Please remove the old phone from my contract.",
    "I asked for a refund in May and heard nothing, this is a disgrace.",
    "Did you get my email about the order? No reply so far.",
    "Please delete all users from the test system and then delete it.",
    "The details of the offer are wrong on your website, the price should be 20.",
    "My wife told my neighbour about your broadband and now he wants it too.",
    "Your letter arrived opened by the dog, could you post it again?",
    "My account is locked after three wrong passwords. Please reset it.",
    "Can somebody look at my laptop? It will not start since the update.",
    "Your engineer told me the router was fine. It isn't.",
    "Please remove the charge for the missed visit from my bill.",
    "My number is 07700 900123, ring me any time after five.",
    "Please call me on this number, my email is not working.",
    "How do I change my password? I get no email when I click reset.",
    "The file you sent me cannot be opened. Could you send it again?",
    "We had a meeting about the new contract, please find my notes attached.",
    "I'm not happy with the new price and want to cancel at the end of June.",
    "Where is my parcel? You said Monday. It is Thursday now.",
    "Can you tell me what you have in stock for the 24 port switch?",
    "Do you have my order from last week on the system? I need the number.",
    "Please update the delivery address on the account for the Leeds branch.",
    "Could you forward me the email with the quote from Tom?",
    "Please take the old laptop off the contract, we no longer use it.",
    "Our new starter needs a mailbox and access to her files by Monday.",
    "The copier keeps sending scans to the wrong folder.",
    "I'd like to know what you charge for a second line.",
    "Who do I speak to about my contract renewal?",
    "What is the best way to reach your support team at the weekend?",
    "Thanks for the call earlier. As discussed, here is the signed form.",
    "Just to let you know that our office will be closed on Friday.",
    "I can't find where to download my invoices in the portal.",
    "My wife ordered a headset last week; could you tell us when it arrives?",
    "The man who came on Tuesday was really helpful, thank you for that.",
    "Could you put my name down for the webinar on the 12th?",
    "Is there any news on the ticket I opened in March? I have heard nothing.",
    "Your website is down. Nobody can log in.",
    "The screen in the meeting room shows nothing. Everyone is waiting.",
    "Please send the brochure to our head office, they asked for it.",
    "I would like a copy of the warranty for my printer.",
    "We have moved our servers to the cloud, so the backup job can be deleted.",
    "I am still waiting for the refund you promised six weeks ago.",
    "Dear Sir, we are interested in your services and request a quotation for 40 desks.",
    "Good morning, I attach my CV and would like to apply for the post of junior engineer.",
    "The calls drop every few minutes and the line is noisy. Please stop this.",
    "Action needed: sign in within 12 hours to stop the removal of your files and contacts.",
    "Could you tell me in general how long companies may keep customer records?",
    "Please ask Jan to delete the draft and send me the final version.",
    "Nobody rang me back about the fault. I'm really cross with you lot.",
    "Can I have the serial number of my router?",
    "We've changed our trading name, please reissue the invoice.",
    "Please take me through the set-up again, I forgot.",
    "My neighbour's broadband is faster than mine, why?",
    "Send me the price list and take off the discount if you must.",
]

FLAGS_STAND = [
    (Flag.DISCLOSURE_REQUEST, "This is PC Ann Hale, Northshire Police. We need the address of one of your customers."),
    (Flag.DISCLOSURE_REQUEST, "The council's fraud team asks you to confirm the address of a tenant."),
    (
        Flag.DISCLOSURE_REQUEST,
        "Home Office Immigration Enforcement: please supply the current address of your former employee.",
    ),
    (Flag.DISCLOSURE_REQUEST, "Home Office here. Please supply the address of Mr Reed, who worked for you."),
    (Flag.DISCLOSURE_REQUEST, "I am a detective with Kent Police and request information on a subscriber."),
    (Flag.REPRESENTATIVE, "My neighbour is blind and asked me to write for her. Please send the data you hold on her."),
    (Flag.REPRESENTATIVE, "I write for my husband, who cannot use a computer. Please delete his data."),
    (Flag.REPRESENTATIVE, "Please update my mother's address on her account, she has moved into a home."),
    (Flag.CHILD, "Please delete my son's data, he is 11."),
    (Flag.CHILD, "My daughter is 13 and you have her photo on your page. Take it down."),
    (Flag.CHILD, "im 12 an i want my account data deleted"),
    (Flag.STAFF, "I was employed by you until 2022. I want my personnel file."),
    (Flag.STAFF, "I applied for a job with you in March; please delete my CV and my data."),
    (Flag.STAFF, "I used to work at Larkfield. Please send me a copy of my data."),
    (Flag.REGULATOR_OR_COURT, "I forward the letter I had from the ICO about you and my data."),
    (
        Flag.REGULATOR_OR_COURT,
        "Case reference IC-1234: the Information Commissioner's Office has received a complaint about your company.",
    ),
    (Flag.REGULATOR_OR_COURT, "County Court at Leeds: you are ordered to disclose the records of the claimant."),
    (
        Flag.DISCLOSURE_REQUEST,
        "I am investigating a burglary and need CCTV from your lobby. DC Mark Hill, Northshire Constabulary",
    ),
    (
        Flag.DISCLOSURE_REQUEST,
        "Exampleton Borough Council, council tax team: please confirm the current address of Mr J Reed.",
    ),
    (Flag.DISCLOSURE_REQUEST, "HMRC notice: provide the payroll records of the following employees"),
    (
        Flag.DISCLOSURE_REQUEST,
        "We are tracing agents and would like the forwarding address of a former customer of yours",
    ),
    (Flag.DISCLOSURE_REQUEST, "The magistrates court requires you to disclose the records of Mr Reed"),
    (Flag.REPRESENTATIVE, "Mum can't manage email so I'm asking for her: what do you hold on her?"),
    (Flag.REPRESENTATIVE, "As her attorney I request a copy of Mrs Reed's data"),
    (Flag.REPRESENTATIVE, "My grandad is 92 and keeps getting your calls. Please take him off your list."),
    (Flag.REPRESENTATIVE, "I'm a carer for Mr Hall and he wants his records deleted."),
    (Flag.CHILD, "Please take the picture of our little boy off your page"),
    (Flag.CHILD, "I am 15. Delete my account and all my data"),
    (Flag.CHILD, "my 8 year old has a profile with you, delete it, and her data"),
    (Flag.STAFF, "I resigned from your company in May and want my HR file"),
    (Flag.STAFF, "I was interviewed for the engineer job; send me the interview notes about me"),
    (Flag.STAFF, "I'm one of your engineers and want to see my data"),
    (Flag.REGULATOR_OR_COURT, "Information Commissioner's Office: we are writing about a complaint made by Mr Reed"),
    (Flag.REGULATOR_OR_COURT, "Employment Tribunal. Case number 2200. You are ordered to provide the documents."),
]

FLAGS_FALL = [
    (Flag.DISCLOSURE_REQUEST, "I do home office on Fridays. Please send me a copy of my data."),
    (Flag.DISCLOSURE_REQUEST, "I have told the police already. Please delete my data."),
    (Flag.DISCLOSURE_REQUEST, "My home office is upstairs and your calls disturb me. Stop ringing me."),
    (Flag.REPRESENTATIVE, "My husband and I have lived here for ten years. Please delete my data."),
    (Flag.REPRESENTATIVE, "My neighbour told me you can do this: please stop emailing me."),
    (Flag.REPRESENTATIVE, "My husband is not amused. Delete my details."),
    (Flag.REPRESENTATIVE, "You told my husband about my data and I am appalled."),
    (Flag.CHILD, "My son set up the wifi for us. Please send me the data you hold about me."),
    (Flag.REPRESENTATIVE, "My son set up the wifi for us. Please send me the data you hold about me."),
    (Flag.STAFF, "I was working at Tesdale Foods when I signed up. Please delete my data."),
    (Flag.STAFF, "I work in a hospital and have no time for your calls. Stop ringing me."),
    (Flag.REGULATOR_OR_COURT, "There is a county court judgment on my record that is not mine. Correct my details."),
    (Flag.REGULATOR_OR_COURT, "Send me my data within a month or I'll go to the ICO."),
    (Flag.REGULATOR_OR_COURT, "If need be I take this to the Information Commissioner. Please delete my data."),
    (Flag.REGULATOR_OR_COURT, "The ICO has guidance on this. Please send me a copy of my data."),
    (Flag.SPAM, "Your consultants called me about GDPR training. Take me off your list and delete my details."),
    (Flag.DISCLOSURE_REQUEST, "My wife is a police officer and we want our data deleted. Delete my data."),
    (Flag.DISCLOSURE_REQUEST, "I pay my council tax on time. Please send me a copy of my data."),
    (Flag.REPRESENTATIVE, "My wife says I should ask: what data do you hold on me?"),
    (Flag.REPRESENTATIVE, "My brother works in IT and says you must delete my data."),
    (Flag.CHILD, "I have three kids and no time for your calls. Stop calling me."),
    (Flag.STAFF, "I am a nurse and work nights, do not call me."),
    (Flag.STAFF, "My manager at Tesdale got your email. Take me off your list."),
    (Flag.REGULATOR_OR_COURT, "Delete my data or I complain to the ICO"),
    (Flag.REGULATOR_OR_COURT, "I will see you in court if you don't delete my data"),
    (Flag.REGULATOR_OR_COURT, "The ICO website says you have a month. Send me my data."),
    (Flag.SPAM, "I want to book a call with your DPO about my data. Please send me a copy of it."),
    (Flag.SPAM, "Your account details for me are wrong, update my address please"),
    (Flag.SPAM, "We work with you on broadband. Please confirm your bank details changed, we got an odd email."),
]


@pytest.mark.parametrize("text", SPAM_TALKING_OF_REQUESTS)
def test_sellers_and_phishers_who_speak_of_requests_make_none(reader: Reader, text: str) -> None:
    verdict = read(reader, text)
    assert verdict.kinds == ()
    assert Flag.SPAM in verdict.flags


@pytest.mark.parametrize("text", TALK_ABOUT_REQUESTS)
def test_a_question_about_requests_is_none_but_a_person_looks(reader: Reader, text: str) -> None:
    verdict = read(reader, text)
    assert verdict.kinds == ()
    assert verdict.needs_person


@pytest.mark.parametrize("text", OTHER_BUSINESS)
def test_the_same_wording_about_other_business_is_no_kind(reader: Reader, text: str) -> None:
    assert read(reader, text).kinds == ()


@pytest.mark.parametrize(("flag", "text"), FLAGS_STAND)
def test_a_flag_is_raised_when_the_writer_is_meant(reader: Reader, flag: Flag, text: str) -> None:
    assert flag in read(reader, text).flags


@pytest.mark.parametrize(("flag", "text"), FLAGS_FALL)
def test_a_mere_mention_raises_no_flag(reader: Reader, flag: Flag, text: str) -> None:
    assert flag not in read(reader, text).flags
