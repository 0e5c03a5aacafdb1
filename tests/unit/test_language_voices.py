"""Many voices, many ways to ask: wording that readers of letters trip over."""

from dataclasses import replace
from pathlib import Path

import pytest

from triage.domain.classification import Classification, Script
from triage.domain.policy import Thresholds
from triage.domain.vocabulary import Channel
from triage.language.reader import Heed, Reader
from triage.parsing.own_words import split_passages
from triage.parsing.rules import load_policy

RULES = Path(__file__).resolve().parents[2] / "rules"
# The rules alone: where the model stands is no concern of theirs.
POLICY = replace(load_policy(RULES), thresholds=Thresholds(upper=0.80, lower=0.35, look=0.10), kind_thresholds={})


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(RULES, POLICY, Heed.RULES)


def read(reader: Reader, text: str, subject: str = "") -> Classification:
    passages = split_passages(text, subject=subject)
    return reader.read(Script(channel=Channel.EMAIL, subject=subject, text=text, passages=passages))


ASKED = [
    # an expert asks about themselves
    ("access", "I work for a bank and know how DSARs go, so no excuses: please send me a copy of all my data."),
    (
        "access",
        "I run a firm like yours and handle subject access requests all day. Now I make one myself: I want everything "
        "you hold about me.",
    ),
    ("opt_out", "I have no need of your webinar or your demo, so please take me off your mailing list."),
    # the data named before, the deletion asked of "it"
    ("access deletion", "Send me a copy of everything you hold on me. Then delete it."),
    ("deletion", "You have my phone number and my address. Delete the lot."),
    ("access deletion", "What data do you have about me? When I've seen it, please erase all of it."),
    ("access deletion", "I want:\n1. a copy of my file\n2. then delete it\n3. confirm in writing"),
    ("access deletion", "Please:\n- send me the data you hold about me\n- afterwards erase it everywhere"),
    ("deletion", "My name and photo are on your old page. Take the photo down and remove it all from everywhere."),
    ("deletion", "My details are on your website and in the archive too. Erase also in other places please."),
    ("deletion", "I gave you my passport scan in May. Get rid of it."),
    ("correction deletion", "My address is wrong on your records. Correct it please, or better, delete it all."),
    ("opt_out deletion", "Please stop emailing me. And wipe whatever you have."),
    ("deletion", "I signed up in 2019 and you still have my bank details. I want them gone."),
    ("access deletion", "here is what i need. copy of my data. then bin the rest"),
    ("opt_out deletion", "Stop sending me your newsletter and delete me"),
    ("access deletion", "I'd like my records sent to me first and afterwards destroyed."),
    (
        "access deletion",
        "You hold notes about me from 2020. I want a copy of them, then I want those removed too.",
    ),
    # told of the past
    ("complaint", "On 3 May I asked for a copy of my file and heard nothing."),
    ("complaint", "In January I requested all the data you hold on me. It is now April and I have had no reply."),
    ("complaint", "Two months ago I put in a subject access request, and all I got was silence."),
    ("complaint", "My previous request for my call recordings was refused without reason."),
    ("complaint", "i asked u for my data in march an u never sent nothing"),
    ("complaint", "Back in the spring I wrote asking for my records. Not a word since. Shoddy."),
    (
        "access complaint",
        "I asked in May, you ignored me, so I am asking again: send me all you hold about me.",
    ),
    (
        "access complaint",
        "I wrote to you six weeks ago asking for my data. You never answered. I am therefore asking again for a copy "
        "of my personal data.",
    ),
    (
        "access complaint",
        "I sent a subject access request on 1 February. You have missed the deadline. Please send me my data at once.",
    ),
    ("deletion complaint", "I asked you to delete my data in June and you did nothing. Delete my data now."),
    # frozen, not mended
    ("other_right", "Please keep my record as it is and do not use it until this is settled."),
    ("other_right", "Freeze my record until the dispute is over."),
    ("other_right", "Don't delete anything but stop using my details while we argue about the bill."),
    ("other_right", "Hold on to my information but don't do anything with it for now."),
    ("other_right", "I want my file locked, nobody should touch it until this is over."),
    ("other_right", "Leave my data where it is, don't use it, don't wipe it, until the dispute is done."),
    ("other_right", "Put a hold on my details please till you've looked into it"),
    ("other_right", "Could you pause any use of my personal details until I have heard from you?"),
    ("correction other_right", "The address you have for me is wrong. Freeze my record until you have put it right."),
    # polite and passive
    ("opt_out", "Could I be taken off the mailing list?"),
    ("opt_out", "The catalogue still comes through my door, please no more."),
    ("opt_out", "I'd rather not get these."),
    ("opt_out", "Might it be possible for my address to come off your mailing list?"),
    ("opt_out", "We'd prefer not to be contacted with offers."),
    ("opt_out", "Would you kindly leave me out of future mailings."),
    ("opt_out", "I don't think I need to hear about your summer deals any longer."),
    ("opt_out", "these texts are not for me thanks. no more pls"),
    ("opt_out", "Please could you not send the brochure any more, it goes straight in the recycling."),
    ("opt_out", "Kindly cease these calls."),
    ("opt_out", "My name should not be on your mailing list, could it come off?"),
    ("opt_out", "I am no longer interested in your newsletters."),
    ("opt_out", "Can we be removed from the marketing emails?"),
    ("opt_out", "I'd be glad not to receive your leaflets."),
    ("opt_out", "No more post from you, thank you."),
    ("opt_out", "It would be nice if the adverts could stop coming."),
    ("opt_out", "I would be obliged if I were not telephoned again."),
    # no textbook words of complaint
    (
        "complaint",
        "Your engineer left a sheet with my name, address and phone number lying on the reception desk for anyone to "
        "see.",
    ),
    ("complaint", "The girls in your call centre were gossiping about my account in the pub."),
    ("complaint", "One of your staff told my neighbour that I owe you money. That was private."),
    ("complaint", "I am furious that someone at yours has been reading my file. Investigate this."),
    ("complaint", "You emailed all your customers with everyone in CC, so two hundred strangers now have my address."),
    ("complaint", "My debts were talked about loudly in your shop."),
    ("complaint", "The folder with our contracts stood open in your van all day, my bank details on top."),
    ("complaint", "Your receptionist read my date of birth out loud in a full waiting room."),
    ("complaint", "You have put my home number on your website for all the world to see. I never agreed to that."),
    ("complaint", "I told your agent about my illness in confidence, and today his colleague asked me about it."),
    ("complaint", "Your man left his laptop open in the cafe with my records on the screen."),
    ("complaint", "It was none of her business to tell my mother what I pay."),
    ("complaint", "My ex now knows my new address, and only you had it. That can only have come from you."),
    ("complaint", "what i told ur agent was private and now half the street knows"),
    # access without the textbook
    ("access", "I want my file."),
    ("access", "You keep a file on me. Send me everything in that file, notes and all."),
    ("access", "Who has opened my record since January?"),
    ("access", "Who has looked at my record and when?"),
    ("access", "I'd like to know what a company like you keeps about a customer like me."),
    ("access", "Could I have sight of the notes your people made about me?"),
    ("access", "What's in my file?"),
    ("access", "Let me see what your system says about me."),
    ("access", "I should like to know what you've written down about me over the years."),
    ("access", "Which of your people have been in my account?"),
    ("access", "How did you come by my name?"),
    ("access", "tell me everything u know bout me"),
    ("access", "I am curious what information a firm such as yours stores on people like me."),
    ("access", "PLEASE CAN I HAVE MY FILE"),
    ("access", "May I come in and look at what is written about me?"),
    # learners of English, plain wording
    ("deletion", "take out the photo and my name from the page"),
    ("deletion", "I not want my datas in your computer"),
    ("access", "please to send me what informations you have of me"),
    ("deletion", "I want you clean my data from your system"),
    ("deletion", "You must to delete me from all, thank you"),
    ("opt_out", "I wish receive no more the publicity of you"),
    ("correction", "My name is writed wrong, must be Kowalczyk"),
    ("correction", "please you make correct my adress, is now 12 Mill Lane"),
    ("access", "Give me all paper what you have about me"),
    ("opt_out", "Not send me more message please"),
    ("deletion", "I like to have deleted my personal information"),
    ("complaint", "Why you give my telephone to other company? I did not say yes."),
    ("access", "from where you have my email?"),
    ("access", "I want know which data of me is by you"),
    ("opt_out", "please no phone me more"),
    # a threat behind a first request
    ("deletion", "Please delete my data within a month, else I go to the ICO."),
    ("opt_out", "Stop calling me or I'll report you to the ICO."),
    ("access", "I want a copy of my data. Failing that I shall complain to the Information Commissioner."),
    ("access", "Send me my file by Friday otherwise I will be making a complaint to the regulator."),
    ("opt_out", "Take me off your list. Next stop is the ICO."),
    ("deletion", "Remove my details. If this is not done I will lodge a complaint with the ICO about my data."),
    # several at once
    (
        "access correction deletion opt_out",
        "Under the UK GDPR I request:\n1) a copy of all personal data you hold about me;\n2) that you correct my date "
        "of birth, which is wrong;\n3) that you stop marketing to me;\n4) that you erase my old phone number.",
    ),
    ("deletion opt_out", "STOP SENDING ME LETTERS AND DELETE MY DETAILS"),
    ("access opt_out", "hi wot data u got on me n stop textin me thx"),
    ("access deletion", "1. Copy of my data\n2. Delete my data"),
    ("access correction", "a) all the information you hold on me b) my surname is spelt wrong, fix it"),
    # and again, in other words
    (
        "access deletion",
        "Kindly let me have whatever you hold on me in writing, following which please destroy the originals.",
    ),
    (
        "deletion",
        "I had an account with you in 2015. You surely still have my details from then. All of that should go.",
    ),
    ("deletion", "My number is still in your engineer's phone. I want it out of there."),
    ("deletion opt_out", "I've had enough of your offers. Take me off and while you're at it wipe my details."),
    ("deletion", "since i left you theres no reason to hold anything on me. erase"),
    ("access deletion", "Two things.\n1) What do you know about me\n2) Wipe it"),
    ("correction deletion", "You have two phone numbers for me. 0161 is wrong, fix it. And delete my old address."),
    ("complaint", "In March I wrote to you asking what you hold about me. Nobody ever came back to me."),
    ("complaint", "I've asked for my recordings twice now and been fobbed off both times."),
    ("complaint", "It's been nine weeks since my access request and not a peep."),
    ("complaint", "You told me you'd deleted my details. You haven't, I got another letter this morning."),
    (
        "access complaint",
        "You never answered my letter of 2 April in which I asked for my file. Once more: a copy of my file.",
    ),
    ("access", "As discussed on the phone, I'm requesting a copy of my personal data."),
    (
        "access",
        "I spoke to Tom, he asked me to put it in writing: I would like all the information you hold about me.",
    ),
    (
        "other_right",
        "Until the court has ruled, please do nothing at all with my records, neither use nor delete them.",
    ),
    ("other_right", "Put my account data on ice until we agree what is right."),
    ("other_right", "Block my data from being used please while the dispute is going on"),
    ("opt_out", "I'm getting a catalogue from you every month which I never read. Could you leave me out in future?"),
    ("opt_out", "Would you mind awfully not ringing at teatime or indeed at all?"),
    ("opt_out", "We don't need your brochures, thanks all the same."),
    ("opt_out", "please can you get me off these emails"),
    ("opt_out", "is there any way to not get the texts"),
    ("opt_out", "Enough with the newsletters already!!"),
    ("opt_out", "I never read your bulletin so feel free to drop me from it."),
    ("opt_out", "PLEASE STOP ALL CALLS TO THIS NUMBER"),
    ("opt_out", "How do I come off your mailing list?"),
    ("opt_out", "You may not pass on my details to your partners."),
    (
        "complaint",
        "I walked past your shop and there on the counter was a list with my name, my address and what I owe.",
    ),
    ("complaint", "Your engineer chatted with the lady next door about how far behind I am with my payments."),
    ("complaint", "I am livid. My employer got a letter from you about my arrears!"),
    ("complaint", "Somebody in your office looked me up because she is going out with my brother."),
    ("complaint", "When I logged in I saw another man's bills and his bank account. Who is looking at mine?"),
    ("complaint", "You sent the group email with all our addresses showing."),
    ("complaint", "The technician took a photo of my living room and showed it to his mates."),
    ("complaint", "How come a total stranger rang me knowing my contract number? You leak like a sieve."),
    ("access", "Show me the lot: every note, every email, every recording with my name on it."),
    ("access", "What does your firm know about me?"),
    ("access", "Has anyone looked into my account since Christmas, and who?"),
    ("access", "My file, please. The whole thing."),
    ("access", "Am I on your database? With what?"),
    ("access", "I want to know everything that's stored under my name"),
    ("access", "could i get the tape of when i phoned you in june"),
    ("access", "Which companies have had my details from you?"),
    ("access", "Where does your company have my name from?"),
    ("access", "I'd be interested to learn what you've got on file for me"),
    ("access", "I request that you make available to me all documents in which I am named."),
    ("deletion", "I do not wish that you have my data longer"),
    ("deletion", "Please make away all my informations"),
    ("access", "You must inform me which data you are saving over me"),
    ("opt_out", "I don't want no more letter from you"),
    ("correction", "In your computer my birthday is false, right is 4.7.1980"),
    ("correction", "My wife's surname changed and mine did too, we're both Okafor-Reed now, please amend."),
    ("correction", "ur letters come to mr j smith. im ms j smyth"),
    ("correction", "The postcode you print on my letters is wrong, it ends in 4QT"),
    (
        "access",
        "Send me what you hold about me. If you don't reply within 30 days I shall be making a formal complaint.",
    ),
    ("deletion", "Delete my account and data. Should you fail to do so, I will complain to the ICO."),
    ("opt_out", "Stop emailing. I know my rights and I will involve the ICO if this carries on."),
    ("opt_out", "remove"),
    ("opt_out", "Please unsubscribe"),
    ("deletion", "plz can u del my info ty"),
    ("access correction", "I'd like a copy of my records and to correct my phone number."),
    ("access opt_out", "Where did you get my number from and please take it off your list"),
    ("deletion", "Please close my account and delete all data you have on me."),
    # a third time
    ("access", "hello, my name is jo. i'd like my data pls"),
    (
        "access",
        "Under data protection law I'm entitled to see what you've got. Please send it over. It concerns me, Ann Hale.",
    ),
    ("access", "Could you let me know whether you're holding any information on me, and if so, let me have it?"),
    ("access", "I am making a request under section 45 of the Data Protection Act 2018 for my personal data."),
    ("access", "As your customer for 12 years I wish to know which details of mine are in your computers."),
    ("access", "give us a look at my notes will ya"),
    ("access", "I need all call recordings between me and your support team from last winter."),
    ("access", "Did anybody at your place open my records last week?"),
    ("access", "What have you got written down about me?"),
    ("access", "Would you send me the emails your managers wrote about me?"),
    ("deletion", "Can u get rid of me from ur system pls"),
    ("deletion", "I'd like you to no longer have my details."),
    ("deletion", "My old profile still shows my face. Kindly remove."),
    ("deletion", "Scrub my records please, all of them"),
    ("deletion", "I moved to another supplier. Please make sure nothing of mine stays on your system."),
    ("deletion", "Erase my bank details, I pay cash now"),
    ("deletion", "You've no right to keep my photo, take it off the website today"),
    ("deletion", "I have ended my contract and would like all my personal data to be destroyed."),
    ("correction", "My email has changed, please note jo.new@mail.example from now on."),
    ("correction", "Date of birth on file should read 3 July not 7 March."),
    ("correction", "you keep calling me Mr, I am a Ms"),
    ("correction", "I'm not Sara with an h. Please fix in your files."),
    ("correction", "We don't live at Mill Lane any more. New address: 3 Oak Road."),
    ("correction", "Your record says I am divorced. I never was. Please put this right."),
    ("opt_out", "Quit texting me!!!"),
    ("opt_out", "I do not consent to my details being passed to third parties for marketing."),
    ("opt_out", "Please note that I no longer wish to receive your magazine."),
    ("opt_out", "take this number off"),
    ("opt_out", "Don't ever phone this house again."),
    ("opt_out", "we get your leaflet every week, it goes in the bin, please save the paper"),
    ("opt_out", "I'd like to withdraw my permission for marketing calls."),
    ("opt_out", "No more surveys please."),
    ("complaint", "You have lost my application form with my passport copy in it. I am very worried."),
    ("complaint", "Why did your driver know that I am on benefits? Who told him?"),
    ("complaint", "I unsubscribed in March and you are still at it. This has got to stop, it's against the law."),
    ("complaint", "Your agent put my mother on speaker and discussed my account with her without asking me."),
    ("complaint", "My personal details are on the internet because of you."),
    ("complaint", "You've had my access request since January. The law says one month."),
    ("complaint", "The way your team dealt with my data request was shameful."),
    ("complaint", "You sold my number, I get ten calls a day from strangers now. Shame on you."),
    ("complaint", "Your staff were laughing about my medical condition in the corridor."),
    ("complaint", "I asked you not to share my address and you did it anyway."),
    ("other_right", "Please stop processing my data until you have checked whether it is right."),
    ("other_right", "A computer turned me down for credit. I want a human being to look at it."),
    ("access other_right", "Send my data to my new provider in a format they can read by machine."),
    ("access deletion opt_out", "I want to 1) see my data 2) have it deleted afterwards 3) get no more adverts"),
    ("correction opt_out", "Change my surname to Reed and stop the newsletters"),
    ("deletion complaint", "You gave my number to a salesman without asking. Delete my number from your records."),
    ("complaint opt_out", "I never asked for these emails. Stop them. It's spam and you know it."),
    ("deletion", "There is a picture of me at your open day on the site. Off with it please."),
    # a fourth time
    ("access", "I'd welcome sight of everything your systems contain about me."),
    ("access", "what info have u lot got on me"),
    ("access", "Please provide a full disclosure of my personal data as per GDPR."),
    ("access", "I should be grateful for copies of any correspondence in which I'm discussed."),
    ("access", "Who gave you my email?"),
    ("access", "Tell me which third parties got my data."),
    ("deletion", "Hi, pls wipe my stuff from ur database"),
    ("deletion", "I never want to find my name on your site again, take it down."),
    ("deletion", "Having closed my account, I expect you to destroy whatever personal data remains."),
    ("deletion", "My dad signed me up as a kid. Bin my profile."),
    ("access deletion", "First tell me what you hold about me, then get rid of it."),
    ("correction", "The name on my account has a typo, it's Mahmood not Mahmud."),
    ("correction", "I no longer live at 12 Mill Lane, my new place is 3 Oak Road."),
    ("correction", "Amend my phone number please: 0161 555 0100"),
    ("correction", "You've got my marital status wrong."),
    ("opt_out", "Leave me alone with your offers."),
    ("opt_out", "Please stop posting junk to my house"),
    ("opt_out", "No marketing please, now or ever."),
    ("opt_out", "I want out of your mailing list"),
    ("complaint", "Your technician read through my letters while he was in my flat."),
    ("complaint", "Three months and still no answer to my data request. Disgraceful."),
    ("complaint", "Someone at your firm passed my phone number to my ex-husband."),
    ("complaint", "You sent my contract to the wrong address and now a stranger has my bank details."),
    ("complaint", "I keep getting your texts although I opted out last year."),
    ("complaint", "Your camera films my bedroom window and no one asked me."),
    ("other_right", "I want a real person to look again at the decision your software made about me."),
    ("access complaint", "You leaked my details! I demand to know what you hold on me."),
    ("deletion opt_out", "Erase me from your files and never write to me again."),
    ("deletion", "You've still got my old CV and my references. Chuck them out please."),
    ("access deletion", "a) a printout of all you have on me b) after that get rid of all of it"),
    ("complaint", "Last autumn I applied for my call recordings. All I've had since is silence."),
    ("access complaint", "You never replied to my April request. Please now send me the data you hold about me."),
    ("other_right", "Don't touch my details until the mix-up is sorted, just leave them where they are."),
    ("opt_out", "Might I be left off the Christmas mailing this year and for good?"),
]


@pytest.mark.parametrize(("kinds", "text"), ASKED)
def test_what_is_asked_is_seen_whatever_the_wording(reader: Reader, kinds: str, text: str) -> None:
    assert {str(kind) for kind in read(reader, text).kinds} == set(kinds.split())


@pytest.mark.parametrize(
    ("kinds", "subject", "text"),
    [
        ("deletion", "Please delete my data", ""),
        ("access", "A copy of my file please", "Regards,\nAnn"),
        ("opt_out", "Unsubscribe", ""),
        ("opt_out", "", "STOP"),
        ("opt_out", "", "Stop."),
        ("opt_out", "UNSUBSCRIBE ME", "Sent from my phone"),
        ("access", "SAR", "See subject."),
    ],
)
def test_a_request_in_few_words_or_in_the_subject_alone(reader: Reader, kinds: str, subject: str, text: str) -> None:
    assert {str(kind) for kind in read(reader, text, subject).kinds} == set(kinds.split())


NEWSLETTER_BELOW = (
    "\n\nOn Mon, 4 May 2026 at 09:12, Larkfield News <news@larkfield.example> wrote:\n"
    "> Summer savings on all routers!\n> You receive this email because you signed up.\n"
    "> Unsubscribe | Update preferences | Privacy policy\n"
)
OUR_LETTER_BELOW = (
    "\n\nOn Mon, 4 May 2026 at 09:12, Data Protection <dataprotection@larkfield.example> wrote:\n"
    "> Thank you for your request to delete your data. Our reference is DP-2026-00042-K7.\n"
    "> You have the right to complain to the Information Commissioner's Office.\n"
)


@pytest.mark.parametrize(
    ("kinds", "text"),
    [
        ("", "The router you sent still does not work, when will somebody come?" + NEWSLETTER_BELOW),
        ("access", "Please send me a copy of my data." + NEWSLETTER_BELOW),
        ("", "My order 4411 has not arrived, can you check where it is?" + OUR_LETTER_BELOW),
        ("access", "Please also send me a copy of my data first." + OUR_LETTER_BELOW),
    ],
)
def test_what_hangs_below_a_human_text_asks_nothing(reader: Reader, kinds: str, text: str) -> None:
    assert {str(kind) for kind in read(reader, text).kinds} == set(kinds.split())
