// The versions of a library and of Node, or a failure where there is no such library.
'use strict';

console.log(`${require(`${process.argv[2]}/package.json`).version} under Node ${process.versions.node}`);
