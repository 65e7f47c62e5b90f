"""Makes the calls of boto3's S3 client that stdin lists, and prints what each one answered.

In:  [{"method": "put_object", "params": {..., "Body": "text"}}, ...]
Out: {"crt": true, "answers": [{...}, {"error": "NoSuchKey", "status": 404}, ...]}
"""

import io
import json
import sys

if "--without-awscrt" in sys.argv:
    sys.modules["awscrt"] = None  # an import of it fails, as where it is not installed

import boto3
from botocore.compat import HAS_CRT
from botocore.config import Config
from botocore.exceptions import ClientError

s3 = boto3.client("s3", config=Config(signature_version="s3v4", s3={"addressing_style": "path"}))


def call(method, params):
    if "Body" in params:
        body = params["Body"].encode() * params.pop("Repeat", 1)
        params["Body"] = io.BytesIO(body)
    if method == "generate_presigned_url":
        return {"Url": s3.generate_presigned_url(**params)}
    try:
        answer = getattr(s3, method)(**params) or {}  # of a transfer there is no answer
    except ClientError as error:
        response = error.response
        return {"error": response["Error"]["Code"], "status": response["ResponseMetadata"]["HTTPStatusCode"]}
    if "Body" in answer:
        answer["Body"] = answer["Body"].read().decode()
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


answers = [call(one["method"], one["params"]) for one in json.load(sys.stdin)]
json.dump({"crt": HAS_CRT, "answers": answers}, sys.stdout, default=str)
