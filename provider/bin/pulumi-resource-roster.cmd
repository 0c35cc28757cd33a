@echo off
rem The Pulumi plugin of Roster, for Windows. It needs Node.js 22 or newer on PATH; start.js checks the version.
setlocal
where node >nul 2>nul
if errorlevel 1 (
  echo pulumi-resource-roster needs Node.js 22 or newer, and there is no node on PATH. Install it: https://nodejs.org>&2
  exit /b 1
)
rem The npm package has everything in bin\. In a release's archive, the executables are above it, where the engine looks.
set "folder=%~dp0"
if not exist "%folder%start.js" set "folder=%~dp0bin\"
node "%folder%start.js" %*
