"""The tables, one file for each thing that is kept."""

from pipeline.store.models.cards import Card, Sighting
from pipeline.store.models.decisions import Decision
from pipeline.store.models.electronic import Form, ImportRun, Submission, SubmissionVersion
from pipeline.store.models.jobs import BatchClosing, Job, Upload
from pipeline.store.models.nominations import Link, MergeMove, MergePart, MergeRun, MergeWeights, NominationSource
from pipeline.store.models.organisations import EarlierName, Organisation, StaffMember, Ward
from pipeline.store.models.pages import Batch, Page
from pipeline.store.models.placings import PagePlacing
from pipeline.store.models.printing import PrintRun, TemplateSource
from pipeline.store.models.readings import Reading, ReadingRun
from pipeline.store.models.review import WaitingField

__all__ = [
    "Batch",
    "BatchClosing",
    "Card",
    "Decision",
    "EarlierName",
    "Form",
    "ImportRun",
    "Job",
    "Link",
    "MergeMove",
    "MergePart",
    "MergeRun",
    "MergeWeights",
    "NominationSource",
    "Organisation",
    "Page",
    "PagePlacing",
    "PrintRun",
    "Reading",
    "ReadingRun",
    "Sighting",
    "StaffMember",
    "Submission",
    "SubmissionVersion",
    "TemplateSource",
    "Upload",
    "WaitingField",
    "Ward",
]
