"""Many voices, many ways to ask and not to ask: classes of wording that readers of letters trip over."""

from pathlib import Path

import pytest

from triage.domain.classification import Classification, Script
from triage.domain.vocabulary import Channel, Flag
from triage.language.reader import Reader
from triage.parsing.own_words import split_passages
from triage.parsing.rules import load_policy

RULES = Path(__file__).resolve().parents[2] / "rules"


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(RULES, load_policy(RULES))


def read(reader: Reader, text: str, subject: str = "") -> Classification:
    passages = split_passages(text, subject=subject)
    return reader.read(Script(channel=Channel.EMAIL, subject=subject, text=text, passages=passages))


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


@pytest.mark.parametrize(("kinds", "text"), ASKED)
def test_what_is_asked_is_seen_whatever_the_wording(reader: Reader, kinds: str, text: str) -> None:
    assert {str(kind) for kind in read(reader, text).kinds} == set(kinds.split())


@pytest.mark.parametrize("text", OTHER_BUSINESS)
def test_the_same_wording_about_other_business_is_no_kind(reader: Reader, text: str) -> None:
    assert read(reader, text).kinds == ()


@pytest.mark.parametrize(("flag", "text"), FLAGS_STAND)
def test_a_flag_is_raised_when_the_writer_is_meant(reader: Reader, flag: Flag, text: str) -> None:
    assert flag in read(reader, text).flags


@pytest.mark.parametrize(("flag", "text"), FLAGS_FALL)
def test_a_mere_mention_raises_no_flag(reader: Reader, flag: Flag, text: str) -> None:
    assert flag not in read(reader, text).flags


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
