"""Self-Instruct: new instruction records grown from seeds by a model, filtered one by one."""

from tilth.generators.self_instruct.operation import SelfInstructOptions, self_instruct

__all__ = ["SelfInstructOptions", "self_instruct"]
