# gunicorn on a UNIX socket and nginx in front of it; both end with this script.
# $1 gunicorn, $2 the folder with nginx.conf, $3 the application's module
"$1" --bind="unix:$2/gunicorn.sock" --umask=0 --worker-class=gthread --workers=2 --threads=5 --keep-alive=60 \
  --no-control-socket "$3:application" &
application=$!
PATH=$PATH:/usr/sbin nginx -c "$2/nginx.conf" -g "daemon off;" &
front=$!
trap 'kill $front $application' TERM
wait $front
wait $application
