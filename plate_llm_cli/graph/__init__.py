"""The deployment as one graph: releases, their values and manifests, linked to their files."""
