"""The runtime that MLServer needs for ONNX files: it brings none. As its documentation writes custom runtimes."""

import onnxruntime
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse


class OnnxModel(MLModel):
    async def load(self) -> bool:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(self.settings.parameters.uri, options)
        self.names = [output.name for output in self.session.get_outputs()]
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        feeds = {tensor.name: NumpyCodec.decode_input(tensor) for tensor in payload.inputs}
        found = self.session.run(self.names, feeds)
        outputs = [NumpyCodec.encode_output(name, values) for name, values in zip(self.names, found)]
        return InferenceResponse(model_name=self.name, model_version=self.version, outputs=outputs)
