"""A module is not there."""

import boto3
