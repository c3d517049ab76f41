"""Makes nominations with known truth, on cards as they are read and in electronic forms, to measure the merge by.

world = simulate(Plan(count=1000, organisations=4, seed=1))     # pipeline.simulate.nominations.simulation, .plan
for source in world.sources: ...                                # a card or a submission, and what it truly is
write_world(world, folder)                                      # .files: readings, exports, profiles, truth.json
score(truth_of(organisation.sources), groups, questions)        # .score: what a merge made of an organisation
"""
