/**
 * The Python of a virtual environment that has Pulumi's SDK, from PyPI. Every language host starts it where
 * `PULUMI_PYTHON_CMD` names it and `Pulumi.yaml` has no option `virtualenv`.
 */
export declare function setUpPythonSdk(): Promise<string>;
