from collections.abc import Callable

import pytest

from pipeline.submissions.wordings import fits

QUESTIONS = {
    "nominee_name": """
Please give the name of the person you'd like to nominate
I want to nominate…
Nominee (name)
Name of person you wish to nominate
Person you are nominating
The person you are nominating
Who is the person you are nominating?
Who are you nominating today?
Which member of staff would you like to nominate?
Which person led with compassion?
Name (of the person you are nominating)
Their name and ward
Who do you think led with compassion?
Tell us who led with compassion
Who has led with compassion?
Colleague's name
Person or team being nominated
Who would you like to nominate for leading with compassion?
Name of nominee(s)
Nominees
Name of the person who has led with compassion
Who is your nominee?
Name of the person or team you are nominating – and where they work
Who would you like to say thank you to?
I'd like to nominate:
Who would you like to nominate?
Who would you like to nominate? (name and ward)
Who would you like to nominate? Please give their name and ward if you know it.
1. Who are you nominating?
Name of the person you are nominating
Name of person being nominated
Nominee
Nominee's name
Nominee name
Nominee Full Name
Full name of nominee
Name of nominee
Name of the nominee or team
Who do you want to nominate
Whom would you like to nominate for a Leading with Compassion card?
Who led with compassion?
Who showed compassion?
Who is this nomination for?
Please tell us who you would like to nominate
I would like to nominate
I would like to nominate:
Name of staff member
Staff member's name
Name of staff member you wish to nominate
Name of the member of staff you would like to nominate
Name of colleague you are nominating
Name of individual or team being nominated
Person or team you would like to nominate (name)
nominee_name
nominee/name
grp_nominee/nominee_name
nomineeName
What is the name of the person you would like to nominate?
The name of the person you want to thank
Name of the person who led with compassion
Who would you like to thank?
What is their name?
Their name
Who would you like to recognise?
Who would you like to nomminate?
    """,
    "nominee_first_name": """
First name of the person who showed compassion
Nominee – first name
Nominee (first name)
First name of your nominee
What is the nominee's first name?
Nominee_FirstName
nomineeFirstName
First name of person you are nominating (if known)
First name (nominee)
Nominee's first name
Nominee first name
nominee_first_name
nominee-first_name
nominee/first_name
page1/nominee_first_name
First name of the person you are nominating
First name of person being nominated
What is their first name?
Their first name
Who led with compassion? Their first name
Forename of nominee
Nominee's forename
Nominee: given name
Staff member's first name
First name of the person you would like to nominate
    """,
    "nominee_last_name": """
Nominee – surname
Last name (nominee)
Surname of nominee
What is the nominee's surname?
Nominee's last name
Surname of the person you are nominating
nominee_last_name
nominee_surname
nominee-last_name
What is their surname?
Their last name
Nominee's family name
Last name of nominee
Staff member surname
Their surname (if known)
    """,
    "nominee_team": """
Department/ward of nominee
What team do they belong to?
Ward / team
Ward or department (if known)
Team or department being nominated
Their workplace
Ward or department where they work
Which ward do they work on?
Nominee's ward, team or department
Nominee's ward/team/department
Ward, team or department
Ward/team they work in
Which team or ward are they from?
Nominee team
Team/Department
Which ward or team do they work in?
Their ward, team or department
nominee_team
nominee-team
Nominee's ward
Ward
Department
Team
Ward or department
Ward/Department
Ward / Team / Department
Team or ward
Which department do they work in?
Where do they work?
Where does this person work?
What ward or team does the person you are nominating work in?
Ward, team or department of the person you are nominating
Which team are they in?
Nominee's team or department
Nominee's place of work
nominee/ward
Which ward or team would you like to nominate?
Team name
Ward name
Where does the nominee work?
Their ward or team (if known)
Ward or team of the nominee
Name of ward or team
    """,
    "nominator_type": """
Are you…?
I'm a
You are
Are you a patient?
Which of the following are you?
Your relationship to the nominee
Tell us who you are: patient, carer, staff or volunteer
Nominator is a
You are: (tick one)
Your role (patient, carer, staff…)
Type of nominator
I am…
Are you nominating as
Which of these are you?
Please select: I am a
Are you a patient, relative/carer, staff member or volunteer?
Which best describes you?
How would you describe yourself? (patient, staff, …)
Role of nominator
What is your relationship with the hospital?
I am a…
I am a
You are a
Are you a patient, carer, member of staff, volunteer or other?
Are you a
Are you:
Are you a…?
Which of these best describes you?
What best describes you?
nominator_type
Nominator type
Your relationship to the person you are nominating
What is your role?
Your role
I am
Please tell us: are you a patient, carer or member of staff?
Patient, carer or staff?
about_you/nominator_type
I am a (patient, carer, member of staff)
How would you describe yourself?
In what capacity are you making this nomination?
Are you nominating as a patient, carer or staff?
Relationship to nominee
    """,
    "action": """
How did Sue lead with compassion?
What did you see?
Describe what happened
Tell us what they did
Please tell us why
What was the act of compassion?
How they led with compassion
The story
Compassion story
In your own words, tell us how they led with compassion
How was compassion shown?
What compassionate act did you witness?
Your nomination: how did they lead with compassion?
How did this individual or team lead with compassion?
How did the team lead with compassion?
How have they led with compassion? (please give examples)
Please describe how this person led with compassion.
Please tell us – in your own words – how they led with compassion
What did they do that showed compassionate leadership?
Please tell us what they did that made a difference
How did your colleague show compassion to you or others?
How did the person lead with compassion? (What did they do?)
Details of how they led with compassion
Reason for nominating
Reason for nomination: please tell us how they led with compassion
How did this person lead with compassion?
How did the person lead with compassion?
How did they lead with compassion?
How did they show compassion?
What did they do?
What did this person do?
What happened?
Tell us what happened
Tell us your story
Your story
Please share your story
Please describe what they did
Reason for nomination
Reason for your nomination
Why are you nominating them?
Why are you nominating this person?
Why would you like to nominate this person?
How has this person led with compassion?
Please tell us how they led with compassion
action
story
grp/story
page-story
how_led
group_ab12cd3/How_did_this_person_lead_with_compassion
In what way did they show compassion?
Describe the compassionate act
How did the nominee demonstrate compassion?
Please describe how your colleague led with compassion
What did the person do that was compassionate?
Details of nomination
Nomination
Your nomination
Please tell us why you are nominating this person
Give an example of how they showed compassion
How did this person lead with compasion?
How did your nominee lead with compassion? Please give as much detail as you can.
What did they do and what was the impact?
Tell us how this person led with compassion
    """,
    "impact": """
What was the impact of this?
Impact on you / others
The difference it made
How did their actions make you feel?
What difference did they make?
How did this make a difference?
Effect on you and others
What did this mean for you or others?
What was the impact of their actions?
What impact did it have on you and/or others?
How did this impact you or others?
How did it make you or other people feel?
What was the impact on you and/or others? If none, leave blank
The impact
Impact of their compassion
What was the impact on you and/or others?
What was the impact on you or on others?
What was the impact on you and / or others?
What was the impact?
impact
Impact
grp/impact
What difference did it make?
What difference did this make to you?
How did it make you feel?
How did this make you or others feel?
What was the effect on you or others?
How did this affect you?
What impact did this have on you or others?
Impact on you and/or others
How did that help you?
Please describe the impact this had on you
What did it mean to you?
    """,
    "nominator_name": """
Your name if you would like to give it
Please leave your name (optional)
Name of nominator (optional)
Your name (leave blank to remain anonymous)
Your name (leave this blank if you want to stay anonymous)
Your name - optional
Nominator full name
Nominator: name
Name (nominator)
Your name, if you are happy to give it
Who nominated them?
Your name
Your name (optional)
Your name if you like
What is your name?
Your full name
Nominator
Nominator name
Nominator's name
Name of nominator
nominator_name
nominator/name
about_you/name
Nominated by
Nominated by (name)
Submitted by
Name of person making the nomination
Name of person making this nomination
Name of the person completing this form
Your first name
Your surname
Your details: name
Who is making this nomination?
Person nominating
Please give your name
    """,
    "nominator_contact": """
Email (optional)
Your telephone number or email if you would like a reply
Your email (so that we can contact you)
Nominator email
Contact email
Nominator's contact details
Your contact number
How can we get in touch with you?
Your email or telephone number
Your email
Your email address
Email
Email address
Contact details
Your contact details (optional)
How can we contact you?
Phone number
Your phone number
nominator_contact
nominator_email
Telephone
E-mail
Contact number
Email or phone (optional)
Your e-mail or telephone number (if you like)
Your contact
    """,
    "date": """
When did it take place?
Date of compassion
On what date did this happen?
Date (dd/mm/yyyy)
Date of act
Date of the event (if known)
When did the event take place?
Date of event
Date
date
Today's date
Today’s date
When did this happen?
When did it happen?
Date of nomination
Date it happened
Date of the compassionate act
When was this?
Event date
date_of_event
What date did this happen?
about/date
Date this took place
    """,
    "consent": """
Are you happy for your nomination to be shared with the person you have nominated?
Do you give permission for us to share this story publicly?
Do you consent to your story being shared?
Can we share your nomination?
Would you like your nomination to be anonymous?
Please tick to stay anonymous
Share with nominee?
How would you like us to share your words?
How may we share your words?
Sharing preferences
Sharing your story
Would you like your name to be kept private?
Keep my name private
I am happy for you to share my words with the nominee
May we share your story with others?
May we use your story to spread the learning?
Can this be shared publicly?
Should we keep your name private?
Do you want us to keep your name private?
May we share your words?
May we share your words with the nominee?
May we share your nomination publicly?
May we share…
Do you want to stay anonymous?
Would you like to remain anonymous?
I would like to remain anonymous
Are you happy for us to share your nomination?
Are you happy for your story to be shared?
Consent
consent
consent/share_publicly
consent/stay_anonymous
consent-share_with_nominee
May we share your words? (tick any)
May we share your words?/Yes, publicly, to spread the learning
Can we share this with the person you are nominating?
Can we share your story on social media?
Do you consent to us sharing your words with the person?
I am happy for my words to be shared publicly
May we tell them who nominated them?
Can we use your name?
Do you wish to stay anonymous
Sharing consent
share_publicly
    """,
    "received": """
Timestamp
Submitted at
Date submitted
Submission date
Completion time
Date received
Received
Created at
Date and time
    """,
    "": """
Where did this happen?
Nominee's job
Nominee's role
Your role at the hospital: job title
Who is your line manager?
Nominee's photo
Name of manager
Name of ward manager
Ward manager's name
How long have you worked here?
Nominee's pronouns
What is their job title?
What is their email address?
Their email
Do they know you are nominating them?
Have you told the person you are nominating?
Has this person been nominated before?
How do you feel about our service?
How likely are you to recommend us?
Name of hospital
Site
Your hospital number
Their line manager's name
Your manager's name
Did anyone else help?
Who else should we thank?
Signature
Language
Are you over 18?
Are you happy to be contacted about your nomination?
I agree to the terms and conditions
Reviewer
Approved by
Nomination number
Award category
Nominator's ward
Nominator's department
Your job title
Your ward
Your department
Which ward were you on?
Nominee's job title
Nominee's email
Nominee's email address
Nominee's staff number
Line manager's email
Nominee's line manager
Is there anything else you'd like to tell us?
Is there anything else you would like to share?
Any other comments?
Comments
Your age
Your date of birth
Date of birth
NHS number
How did you hear about this scheme?
Would you like to be contacted?
Do you agree to the privacy notice?
I have read the privacy notice and consent to my data being stored
Do you consent to your data being processed?
Gender
Ethnicity
Hospital site code?
Photo
How did you find this form?
What does compassion mean to you?
How would you rate our service?
Which hospital were you treated at?
Start time
Last modified time
Points
Feedback
Staff ID
Band
Job role of nominee
Manager name
Name of patient
Patient's name
Who else was there?
Are you happy to be contacted?
May we contact you?
Which award?
Category
    """,
}  # fmt: skip


def best(question: str) -> str:
    found = fits(question)
    return max(found, key=lambda name: found[name].score, default="")


@pytest.mark.parametrize("field", QUESTIONS)
def test_questions_as_people_word_them(field: str) -> None:
    questions = [line for line in QUESTIONS[field].strip().splitlines() if line]
    assert {question: best(question) for question in questions} == dict.fromkeys(questions, field)


@pytest.mark.parametrize("change", [str.upper, str.lower, lambda text: f"  {text}:  ", lambda text: f"3. {text}*"])
def test_capitals_numbers_and_marks_change_nothing(change: Callable[[str], str]) -> None:
    for field in ("nominee_team", "nominator_name", "action", "impact", "consent", "date"):
        questions = [line for line in QUESTIONS[field].strip().splitlines() if " " in line and "/" not in line]
        assert {question: best(change(question)) for question in questions} == dict.fromkeys(questions, field)


@pytest.mark.parametrize("whose", ["Nominator's", "Your", "Nominator:", "My", "Submitter's"])
@pytest.mark.parametrize("what", ["name", "first name", "last name", "surname", "full name", "forename"])
def test_a_nominators_name_is_never_a_nominees(whose: str, what: str) -> None:
    assert not {name for name in fits(f"{whose} {what}") if name.startswith("nominee")}


@pytest.mark.parametrize("whose", ["Nominee's", "Their", "Nominee:", "Staff member's", "Name of person nominated:"])
@pytest.mark.parametrize("what", ["name", "first name", "last name", "surname", "full name", "forename"])
def test_a_nominees_name_is_never_a_nominators(whose: str, what: str) -> None:
    assert not {name for name in fits(f"{whose} {what}") if name.startswith("nominator")}


def test_a_plain_name_is_nobodys() -> None:
    for question in ("Name", "Full name", "First name", "Surname"):
        assert all(fit.bare for fit in fits(question).values())
