# The page tells its version.
mkdir -p /tmp/pages
echo "version $VERSION" >/tmp/pages/index.html
exec httpd -f -p 8080 -h /tmp/pages
