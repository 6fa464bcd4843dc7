# Tandem in a container: not root, one volume. What it can and can't do today: docs/deployment.md, "In a container".
FROM python:3.11-slim

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TANDEM_DATA=/data/tandem \
    TANDEM_HOST=0.0.0.0 \
    TANDEM_SAMPLES=no

RUN useradd --create-home --uid 10001 tandem \
    && install --directory --owner=tandem --group=tandem --mode=0700 /data

WORKDIR /app
COPY requirements.txt constraints.txt ./
RUN pip install --no-cache-dir -r requirements.txt -c constraints.txt
COPY . .

USER tandem
VOLUME /data
EXPOSE 8501
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD python -c "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ.get('TANDEM_PORT', '8501') + '/healthz', timeout=4)"
CMD ["python", "app.py"]
