"""Makes filled and scanned cards: for samples, for measuring, for training.

Everything follows from the generator passed in, so that the same seed gives the same cards.

hands = UnipenHands(folder, "validation")            # or FontHands() without a handwriting folder
sheet = printed_sheet(pdf, page)                     # of a print run with its manifest
invention = invent_answers(card, hand, staff, wards, rng)   # card: an entry of manifest["pages"][…]["cards"]
truth = fill_card(sheet.image, sheet.dpi, card, invention, hand, rng)
page = scan(sheet, CONDITIONS["grey300"], rng)       # or scan([sheet.cut(card["box_mm"]), …], CONDITIONS["cut"], rng)
page.image, page.corners(card["box_mm"])
"""
