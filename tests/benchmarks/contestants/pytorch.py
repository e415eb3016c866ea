"""PyTorch as it comes: eager, on one thread, in double precision."""

from __future__ import annotations

from importlib import import_module

from contestants.contestant import Contestant
from contestants.task import Task


class Pytorch(Contestant):
    """`nn.Sequential` of `Linear` and `Sigmoid`, and the optimizer `SGD`."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.torch = torch = import_module("torch")
        torch.set_num_threads(1)
        layers = []
        for rows, biases in task.arrays():
            linear = torch.nn.Linear(len(rows[0]), len(rows), dtype=torch.float64)
            with torch.no_grad():
                linear.weight.copy_(torch.tensor(rows, dtype=torch.float64))
                linear.bias.copy_(torch.tensor(biases, dtype=torch.float64))
            layers += [linear, torch.nn.Sigmoid()]
        self.network = torch.nn.Sequential(*layers)
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=task.learning_rate)
        self.inputs, self.targets = (torch.tensor(rows, dtype=torch.float64) for rows in (task.inputs, task.targets))
        self.batches = list(zip(self.inputs.split(task.batch_size), self.targets.split(task.batch_size)))
        if task.batch_size == 1:
            self.batches = list(zip(self.inputs, self.targets))

    def epoch(self) -> float:
        """Train once on all samples."""
        total = 0.0
        for inputs, targets in self.batches:
            self.optimizer.zero_grad()
            loss = ((targets - self.network(inputs)) ** 2).sum() / 2
            total += loss.item()
            (loss / len(inputs) if self.task.batch_size > 1 else loss).backward()
            self.optimizer.step()
        return total / len(self.inputs)

    def outputs(self) -> list[float]:
        """The outputs for all samples."""
        with self.torch.no_grad():
            return list(self.network(self.inputs).ravel().tolist())
