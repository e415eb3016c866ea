// The server of the libraries under Node: see contestants/process.py.
'use strict';

const readline = require('readline');
const library = require(process.argv[2]);

/** The task that a line tells of. */
function taskFrom(line) {
  const numbers = line.trim().split(/\s+/).map(Number);
  let next = 0;
  const take = (count) => numbers.slice(next, (next += count));
  const shape = take(take(1)[0]);
  const [learningRate, batchSize, samples] = take(3);
  const layers = [];
  for (let layer = 1; layer < shape.length; layer++) {
    const neurons = [];
    for (let neuron = 0; neuron < shape[layer]; neuron++) {
      const bias = take(1)[0];
      neurons.push({ bias, weights: take(shape[layer - 1]) });
    }
    layers.push(neurons);
  }
  const rows = [];
  for (let sample = 0; sample < samples; sample++) {
    const inputs = take(shape[0]);
    rows.push({ inputs, targets: take(shape[shape.length - 1]) });
  }
  return { shape, learningRate, batchSize, layers, rows };
}

/** brain.js: `trainPattern` is the step that its `train` takes; momentum is switched off. */
class Brain {
  constructor(task) {
    const { shape, learningRate } = task;
    this.network = new library.NeuralNetwork({
      inputSize: shape[0],
      hiddenLayers: shape.slice(1, -1),
      outputSize: shape[shape.length - 1],
      activation: 'sigmoid',
      learningRate,
    });
    this.network.sizes = shape;
    this.network.initialize();
    this.network.trainOpts.momentum = 0; // its options take only numbers above 0
    task.layers.forEach((neurons, layer) =>
      neurons.forEach(({ bias, weights }, neuron) => {
        this.network.biases[layer + 1][neuron] = bias;
        this.network.weights[layer + 1][neuron].set(weights);
      })
    );
    this.samples = task.rows.map(({ inputs, targets }) => ({
      input: Float32Array.from(inputs),
      output: Float32Array.from(targets),
    }));
    this.outputSize = shape[shape.length - 1];
  }

  epoch() {
    let loss = 0;
    for (const sample of this.samples) loss += this.network.trainPattern(sample, true);
    return (loss * this.outputSize) / (2 * this.samples.length);
  }

  outputs() {
    return this.samples.flatMap(({ input }) => Array.from(this.network.run(input)));
  }
}

/** synaptic: it turns the network into code of its own at the first activation, as it does by default. */
class Synaptic {
  constructor(task) {
    this.network = new library.Architect.Perceptron(...task.shape);
    this.learningRate = task.learningRate;
    this.rows = task.rows;
    const { hidden, output } = this.network.layers;
    [...hidden, output].forEach((layer, number) =>
      layer.list.forEach((neuron, position) => {
        const { bias, weights } = task.layers[number][position];
        neuron.bias = bias;
        Object.values(neuron.connections.inputs).forEach((connection, source) => {
          connection.weight = weights[source];
        });
      })
    );
  }

  epoch() {
    let loss = 0;
    for (const { inputs, targets } of this.rows) {
      const outputs = this.network.activate(inputs);
      this.network.propagate(this.learningRate, targets);
      for (let number = 0; number < targets.length; number++) loss += (targets[number] - outputs[number]) ** 2;
    }
    return loss / (2 * this.rows.length);
  }

  outputs() {
    return this.rows.flatMap(({ inputs }) => this.network.activate(inputs));
  }
}

/** What this does takes so many seconds. */
function seconds(job) {
  const start = process.hrtime.bigint();
  job();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

const Contestant = process.argv[2] === 'synaptic' ? Synaptic : Brain;
let task = null;
let contestant = null;

/** The numbers to answer a command with. */
function answer(command, first, second) {
  if (command === 'turn') {
    return [seconds(() => { for (let epoch = 0; epoch < first; epoch++) contestant.epoch(); })];
  }
  if (command === 'until') {
    let epochs = 1;
    const taken = seconds(() => {
      const twin = new Contestant(task);
      while (epochs <= second && !(twin.epoch() <= first)) epochs++;
    });
    return [taken, epochs];
  }
  return contestant.outputs();
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  if (task === null) {
    task = taskFrom(line);
    contestant = new Contestant(task);
    return;
  }
  const [command, ...numbers] = line.split(' ');
  console.log(answer(command, ...numbers.map(Number)).join(' '));
});
