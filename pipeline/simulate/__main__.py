"""`python -m pipeline.simulate`: see `pipeline.simulate.samples`."""

import sys

from pipeline.simulate.samples import main

sys.exit(main())
