"""The life of a wish as people agreed on it: every arrow, and the hands that may take it; told apart from the code."""

from portal.wishes.rules import WishAction, WishState

TABLE = """
submitted    verify     verified     clerk
submitted    return     returned     clerk
submitted    reject     rejected     clerk
submitted    refer      referred     clerk
submitted    withdraw   withdrawn    clerk family
returned     resubmit   submitted    clerk reporter
returned     reject     rejected     clerk
returned     withdraw   withdrawn    clerk family
verified     return     submitted    moderator
verified     refer      referred     clerk moderator
verified     publish    published    moderator
verified     withdraw   withdrawn    clerk family
published    publish    published    moderator
published    suspend    suspended    clerk moderator family clock
published    refer      referred     moderator
published    pledge     pledged      pledger clock
published    withdraw   withdrawn    clerk family
suspended    resume     published    moderator
suspended    rewrite    verified     clerk moderator
suspended    refer      referred     clerk moderator
suspended    withdraw   withdrawn    clerk family
pledged      release    published    clerk moderator pledger clock
pledged      procure    procuring    clerk pledger clock
pledged      receive    received     clerk
pledged      refuse     procuring    clerk
pledged      withdraw   withdrawn    clerk family
procuring    release    published    clerk moderator pledger clock
procuring    procure    procuring    clerk pledger clock
procuring    receive    received     clerk
procuring    refuse     procuring    clerk
procuring    serve      handed_over  clerk
procuring    withdraw   withdrawn    clerk family
received     hand_over  handed_over  clerk reporter
received     withdraw   withdrawn    clerk family
handed_over  confirm    confirmed    clerk family
handed_over  complain   reopened     clerk family
confirmed    complain   reopened     clerk family
confirmed    close      closed       moderator
reopened     confirm    confirmed    clerk family
reopened     find       received     clerk
reopened     replace    procuring    clerk
reopened     republish  published    clerk moderator
reopened     refer      referred     clerk moderator
reopened     withdraw   withdrawn    clerk family
referred     confirm    confirmed    clerk family
referred     withdraw   withdrawn    clerk family
"""
ARROWS: dict[tuple[WishState, WishAction], tuple[WishState, frozenset[str]]] = {
    (WishState(state), WishAction(action)): (WishState(to), frozenset(hands))
    for state, action, to, *hands in (line.split() for line in TABLE.strip().splitlines())
}
