"""From what a run found to something a person reads."""

from abc import ABC, abstractmethod
from collections.abc import Mapping

from ports.report_content import Evaluation, Provenance, ReportContent


class ReportRenderer(ABC):
    """Turns a report's content into one page that stands alone, and its figures into pictures."""

    @abstractmethod
    def render(self, content: ReportContent, provenance: Provenance) -> bytes:
        """The page, UTF-8: no script, nothing fetched, every text of the data escaped.

        Parts that the content lacks are named with the reason instead.
        """

    @abstractmethod
    def figures(self, evaluation: Evaluation) -> Mapping[str, bytes]:
        """The plots of an evaluation as files by name; a plot without data is left out."""
