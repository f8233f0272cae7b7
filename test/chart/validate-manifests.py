"""Validates the YAML documents on stdin: validate-manifests.py KUBERNETES_VERSION CRD_FOLDER

Kubernetes' own kinds by its published schemas, others by the custom resource definitions of the folder, both without fields that
they do not know. Prints {"valid": […], "invalid": […]} as JSON.
"""

import json
import pathlib
import sys

import jsonschema
import kubernetes_validate
import yaml

version, crds = sys.argv[1:]


def strict(schema):
    """The schema with no field that it does not name, as the API server's field validation has it."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: strict(part) for key, part in schema.items()}
    if isinstance(schema.get('properties'), dict) and not schema.get('x-kubernetes-preserve-unknown-fields'):
        if schema.get('type') == 'object':
            result.setdefault('additionalProperties', False)
    if schema.get('x-kubernetes-int-or-string'):
        result.pop('type', None)
    return result


def definitions():
    for file in sorted(pathlib.Path(crds).glob('*.yaml')):
        spec = yaml.safe_load(file.read_text())['spec']
        for entry in spec['versions']:
            schema = entry['schema']['openAPIV3Schema']
            schema['properties']['metadata'] = {'type': 'object', 'x-kubernetes-preserve-unknown-fields': True}
            yield (f"{spec['group']}/{entry['name']}", spec['names']['kind']), strict(schema)


custom = dict(definitions())
found = {'valid': [], 'invalid': []}
for manifest in yaml.safe_load_all(sys.stdin):
    if manifest is None:
        continue
    name = f"{manifest['kind']} {manifest['metadata']['name']}"
    try:
        schema = custom.get((manifest['apiVersion'], manifest['kind']))
        if schema is None:
            kubernetes_validate.validate(manifest, version, strict=True)
        else:
            jsonschema.Draft202012Validator(schema).validate(manifest)
        found['valid'].append(name)
    except jsonschema.ValidationError as error:
        found['invalid'].append(f"{name}: {'.'.join(map(str, error.path))}: {error.message}")
    except kubernetes_validate.SchemaNotFoundError as error:
        found['invalid'].append(f'{name}: {error.message}')
json.dump(found, sys.stdout)
