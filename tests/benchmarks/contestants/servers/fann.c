/* The server of FANN: see contestants/process.py. */

#define _POSIX_C_SOURCE 199309L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <doublefann.h>

static unsigned int layers, samples, batch_size, *shape;
static double learning_rate, *weights, *rows;

static double number(void) {
    double read;
    if (scanf("%lf", &read) != 1) exit(1);
    return read;
}

static void read_task(void) {
    layers = (unsigned int) number();
    shape = malloc(layers * sizeof *shape);
    unsigned int synapses = 0;
    for (unsigned int layer = 0; layer < layers; layer++) {
        shape[layer] = (unsigned int) number();
        if (layer) synapses += (shape[layer - 1] + 1) * shape[layer];
    }
    learning_rate = number();
    batch_size = (unsigned int) number();
    samples = (unsigned int) number();
    weights = malloc(synapses * sizeof *weights);
    for (unsigned int synapse = 0; synapse < synapses; synapse++) weights[synapse] = number();
    unsigned int numbers = samples * (shape[0] + shape[layers - 1]);
    rows = malloc(numbers * sizeof *rows);
    for (unsigned int place = 0; place < numbers; place++) rows[place] = number();
}

/* A steepness of 0.5 makes its sigmoid 1 / (1 + exp(-net)); its weights have the bias last, the task's have it first. */
static struct fann *network(void) {
    struct fann *built = fann_create_standard_array(layers, shape);
    fann_set_activation_function_hidden(built, FANN_SIGMOID);
    fann_set_activation_function_output(built, FANN_SIGMOID);
    fann_set_activation_steepness_hidden(built, 0.5);
    fann_set_activation_steepness_output(built, 0.5);
    fann_set_train_error_function(built, FANN_ERRORFUNC_LINEAR);
    fann_set_training_algorithm(built, batch_size > 1 ? FANN_TRAIN_BATCH : FANN_TRAIN_INCREMENTAL);
    fann_set_learning_rate(built, (float) learning_rate);
    fann_set_learning_momentum(built, 0);
    double *from = weights, *to = built->weights;
    for (unsigned int layer = 1; layer < layers; layer++) {
        for (unsigned int neuron = 0; neuron < shape[layer]; neuron++) {
            memcpy(to, from + 1, shape[layer - 1] * sizeof *to);
            to[shape[layer - 1]] = from[0];
            from += shape[layer - 1] + 1;
            to += shape[layer - 1] + 1;
        }
    }
    return built;
}

static double *inputs(unsigned int sample) {
    return rows + sample * (shape[0] + shape[layers - 1]);
}

static struct fann_train_data *data(void) {
    struct fann_train_data *made = fann_create_train(samples, shape[0], shape[layers - 1]);
    for (unsigned int sample = 0; sample < samples; sample++) {
        memcpy(made->input[sample], inputs(sample), shape[0] * sizeof *rows);
        memcpy(made->output[sample], inputs(sample) + shape[0], shape[layers - 1] * sizeof *rows);
    }
    return made;
}

/* Once over all samples; the mean loss of a sample. */
static double epoch(struct fann *trained, struct fann_train_data *all) {
    if (batch_size > 1) {
        fann_train_epoch(trained, all);
    } else {
        fann_reset_MSE(trained);
        for (unsigned int sample = 0; sample < samples; sample++) {
            fann_train(trained, all->input[sample], all->output[sample]);
        }
    }
    return fann_get_MSE(trained) * shape[layers - 1] / 2;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double) time.tv_sec + (double) time.tv_nsec / 1e9;
}

static void until(double loss, unsigned int most) {
    double start = now();
    struct fann *twin = network();
    struct fann_train_data *all = data();
    unsigned int epochs = 1;
    while (epochs <= most && !(epoch(twin, all) <= loss)) epochs++;
    fann_destroy_train(all);
    fann_destroy(twin);
    printf("%.9f %u\n", now() - start, epochs);
}

int main(void) {
    char command[16];
    read_task();
    struct fann *trained = network();
    struct fann_train_data *all = data();
    while (scanf("%15s", command) == 1) {
        if (!strcmp(command, "turn")) {
            unsigned int epochs = (unsigned int) number();
            double start = now();
            for (unsigned int count = 0; count < epochs; count++) epoch(trained, all);
            printf("%.9f\n", now() - start);
        } else if (!strcmp(command, "until")) {
            double loss = number();
            until(loss, (unsigned int) number());
        } else {
            for (unsigned int sample = 0; sample < samples; sample++) {
                double *outputs = fann_run(trained, inputs(sample));
                for (unsigned int place = 0; place < shape[layers - 1]; place++) printf("%.17g ", outputs[place]);
            }
            printf("\n");
        }
        fflush(stdout);
    }
    return 0;
}
