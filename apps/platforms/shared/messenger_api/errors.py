"""What the Send API means by its codes, beside those that all of the Graph API has."""

from __future__ import annotations

from apps.platforms.shared import graph_errors as graph
from apps.platforms.shared.graph_errors import Table

# Not documented, long-standing: the subcodes of a closed window and of a person who cannot be reached.
OUTSIDE_WINDOW = (2018278, 2018065)
NOT_AVAILABLE = (1545041, 2018108)
# Not documented: another program has the thread. It says nothing of our permissions, though the code does.
THREAD_ELSEWHERE = 2018300

TABLE: Table = {
    **graph.COMMON,
    **{(10, subcode): graph.window_closed for subcode in OUTSIDE_WINDOW},
    (10, 1893063): graph.account_stopped,  # the Page is restricted from sending for a time
    (2, 2018344): graph.account_stopped,  # terms not accepted
    (100, 2018001): graph.gone,  # no such person for this Page
    **{(code, subcode): graph.gone for code in (10, 100, 200) for subcode in NOT_AVAILABLE},
    (10, THREAD_ELSEWHERE): graph.rejected,
    (551, 0): graph.gone,
    (10900, 0): graph.window_closed,  # this comment has had its one answer
    (80006, 0): graph.too_fast,
    (1200, 0): graph.again,
}
