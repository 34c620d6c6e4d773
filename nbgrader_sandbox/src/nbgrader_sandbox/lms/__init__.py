"""What a learning management system hands over as a zip, and what it takes back as one.

In nbgrader_config.py: `c.ZipCollectApp.collector_plugin = "nbgrader_sandbox.lms.LmsCollector"`.
"""

from nbgrader_sandbox.lms.collector import LmsCollector

__all__ = ["LmsCollector"]
