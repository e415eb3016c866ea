"""Neurons with a slip in them, for tests that have to notice."""

from neuronet import Neuron


class ForgottenSlope(Neuron):
    """The error is sent on as the delta."""

    __slots__ = ()

    def own_delta(self):
        return self.error


class ForgottenSynapse(Neuron):
    """The last outgoing synapse brings no error back."""

    __slots__ = ()

    def hidden_error(self):
        error = 0
        for synapse in self.outgoing[:-1]:
            error += synapse.weight * synapse.destination.delta
        return error
