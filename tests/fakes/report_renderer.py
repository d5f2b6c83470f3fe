"""A renderer that writes content and provenance as plain text, so that tests can look for both."""

from collections.abc import Mapping

from ports.report_content import Evaluation, Provenance, ReportContent
from ports.report_renderer import ReportRenderer


class PlainReportRenderer(ReportRenderer):
    """Prints what it is given."""

    def render(self, content: ReportContent, provenance: Provenance) -> bytes:
        """The values, one after the other."""
        return f"{content}\n{provenance}".encode()

    def figures(self, evaluation: Evaluation) -> Mapping[str, bytes]:
        """One figure, named after what it would show."""
        return {"reliability.svg": str(len(evaluation.reliability)).encode()}
